"""The command `opea-harness`.

Exit codes: 0 all hold, 1 something violated, 2 usage, 3 internal error, 4 environment (nothing was proven), 5 nothing ran,
6 unknown, 130 interrupted.
"""

import os
import re
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from harness.cache import cache_dir
from harness.commands.defaults import defaults
from harness.console import INTERRUPTED, roll_back
from harness.errors import EXIT_INTERNAL, HarnessError
from harness.neighbours import check_neighbours
from harness.verdict import EXIT_INTERRUPTED

# Where each command is; only the one that was called is imported, so that each starts as fast as it can.
COMMANDS = {
    "run": "harness.commands.run",
    "ask": "harness.commands.ask",
    "serve": "harness.commands.serve",
    "up": "harness.commands.up",
    "setup": "harness.commands.setup",
    "mock": "harness.commands.mock",
    "comps": "harness.commands.comps",
    "lint": "harness.commands.lint",
    "doctor": "harness.commands.doctor",
    "validate": "harness.commands.validate",
    "check": "harness.commands.check",
    "report": "harness.commands.check",
    "clean": "harness.commands.clean",
}


class Commands(click.Group):
    """The commands in their own order, each imported when it is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Their names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        check_neighbours()
        command: click.Command = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """What the command gives; where the reader of its output left before its end (`| head`), it was interrupted."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(EXIT_INTERRUPTED) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called, with the defaults that a file gives it."""
        name, command, rest = super().resolve_command(ctx, args)
        if name and command:
            ctx.default_map = {name: defaults(Path.cwd(), command)}
        return name, command, rest


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="opea-harness", prog_name="opea-harness")
@click.pass_context
def cli(context: click.Context) -> None:
    """Test and benchmark OPEA stacks.

    \b
    opea-harness run rag                     correctness, chaos and load of one RAG megaservice, with a report
    opea-harness ask rag "When does ...?"    one question, every hop shown
    opea-harness serve rag                   keep the stack standing and print its URLs
    """  # noqa: D301 - click reads the backspace as: leave these lines as they are
    roll_back()
    context.obj = cache_dir(os.environ)
    context.meta["opea-harness.shell"] = dict(os.environ)


def _sentence(error: click.ClickException) -> str:
    """What click says in four lines: the option, what is wrong with it, and where it is read what would be right."""
    words = re.sub(
        r"\. \(?D(id you mean[^?]*\?)\)?$", r" (d\1)", error.format_message().strip().removesuffix(".")
    )
    if isinstance(error, click.BadParameter):
        words = words.removeprefix("Invalid value for ").replace("'", "", 2)
        words = words.replace("a valid integer range", "a whole number")
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "opea-harness"
    return f"{words[0].lower()}{words[1:]}; `{path} --help` shows what there is"


def main() -> None:
    """Run the command line; what goes wrong is one sentence on standard error and an exit code."""
    try:
        code = cli.main(prog_name="opea-harness", standalone_mode=False)
    except click.exceptions.Exit as asked:
        code = asked.exit_code
    except click.exceptions.NoArgsIsHelpError as asked:
        asked.show()
        code = asked.exit_code
    except click.ClickException as error:
        print(f"opea-harness: {_sentence(error)}", file=sys.stderr)  # noqa: T201
        code = error.exit_code
    except HarnessError as error:
        print(f"opea-harness: {error}", file=sys.stderr)  # noqa: T201 - this is the command line
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        print(INTERRUPTED, file=sys.stderr)  # noqa: T201
        code = EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last resort: an error of ours, said as such
        print(f"opea-harness: internal error: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        traceback.print_exc()
        code = EXIT_INTERNAL
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
