"""Options that go together, as one decorator; and those that commands take which have not all of them."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def grouped(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """A decorator that adds these options to a command, whose help shows them in this order."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


AS_JSON = click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="One JSON document on standard output, all else on standard error.",
)
QUIET = click.option("--quiet", is_flag=True, help="No progress, only the result.")
