"""`opea-harness setup opea` and `setup jaeger`: build, once, the real opea-comps and a real Jaeger."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.status import Status

from harness.cache import VARIABLE
from harness.commands.grouping import AS_JSON, QUIET, grouped
from harness.commands.options import cache_of, emit
from harness.gateway import building as opea_building
from harness.gateway.environment import environment
from harness.jaeger import building as jaeger_building
from harness.jaeger.binary import binary
from harness.setting_up import Say

Result = TypeVar("Result")


# --cache, --anew, --json and --quiet, which every setup takes.
setting_up = grouped(
    click.option(
        "--cache",
        type=click.Path(path_type=Path, file_okay=False, resolve_path=True),
        help=f"The folder to build it in. [default: {VARIABLE}, or opea-harness in the user's cache]",
    ),
    click.option("--anew", is_flag=True, help="Build it again, though it is there."),
    AS_JSON,
    QUIET,
)


@click.group()
def setup() -> None:
    """Prepare what some commands need beside Python."""


@setup.command(epilog="Example: opea-harness setup opea && opea-harness run rag --gateway opea")
@setting_up
def opea(cache: Path | None, *, anew: bool, as_json: bool, quiet: bool) -> int:
    """Build an environment with opea-comps 1.5 and the versions that it pins, for --gateway opea.

    It needs some 600 MB and the package index that pip is set up for; built once, it is kept.
    """
    env = environment(cache_of({"cache": cache}))
    was_there = env.is_built and not anew
    built = _told(lambda say: opea_building.build(env, say, anew=anew), quiet=quiet)
    if as_json:
        emit({"path": str(env.path), "was_there": was_there, **built.model_dump()})
        return 0
    _show(
        f"opea-comps {built.opea_comps} with {len(built.packages)} packages",
        _how(built.took_s, was_there=was_there),
        env.path,
    )
    _hint(cache, "--gateway opea")
    return 0


@setup.command(epilog="Example: opea-harness setup jaeger && opea-harness run rag --jaeger process")
@setting_up
def jaeger(cache: Path | None, *, anew: bool, as_json: bool, quiet: bool) -> int:
    """Build Jaeger 1.76.0, the last of its first line, for --jaeger process.

    It needs Go 1.24.6 or later, the module proxy that Go is set up for, some 4 GB while it is built, and minutes; built once,
    it is kept. What was broken off goes on where it was.
    """
    program = binary(cache_of({"cache": cache}))
    was_there = program.is_built and not anew
    built = _told(lambda say: jaeger_building.build(program, say, anew=anew), quiet=quiet)
    if as_json:
        emit({"path": str(program.program), "was_there": was_there, **built.model_dump()})
        return 0
    _show(f"Jaeger {built.jaeger}", _how(built.took_s, was_there=was_there), program.program)
    _hint(cache, "--jaeger process")
    return 0


def _how(took_s: float, *, was_there: bool) -> str:
    return "is there already" if was_there else f"was built in {took_s:g} s"


def _show(what: str, how: str, path: Path) -> None:
    click.echo(f"{what} {how}: {path}")


def _hint(cache: Path | None, option: str) -> None:
    """Say how other commands find what does not lie where they look."""
    if cache is not None:
        click.echo(f"{VARIABLE}={cache} lets {option} find it")


def _told(work: Callable[[Say], Result], *, quiet: bool) -> Result:
    """Do the work, and show on standard error what it says meanwhile."""
    console = Console(file=sys.stderr, quiet=quiet, highlight=False)
    with console.status("") as status:
        return work(lambda line: _say(console, status, line))


def _say(console: Console, status: Status, line: str) -> None:
    """A step is a line that stays; what it says meanwhile passes by, where there is a terminal."""
    if not line.startswith(" "):
        console.print(line, markup=False, soft_wrap=True)
    elif console.is_terminal:
        status.update(line.strip()[: max(20, console.width - 4)])
