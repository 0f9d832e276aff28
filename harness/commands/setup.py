"""`opea-harness setup opea`: build, once, the environment in which the real opea-comps runs."""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.status import Status

from harness.commands.options import cache_of, emit
from harness.gateway.building import Built, build
from harness.gateway.environment import CACHE_VARIABLE, Environment, environment


@click.group()
def setup() -> None:
    """Prepare what some commands need beside Python."""


@setup.command(epilog="Example: opea-harness setup opea && opea-harness run rag --gateway opea")
@click.option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False, resolve_path=True),
    help=f"The folder to build it in. [default: {CACHE_VARIABLE}, or opea-harness in the user's cache]",
)
@click.option("--anew", is_flag=True, help="Build it again, though it is there.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="One JSON document on standard output, all else on standard error.",
)
@click.option("--quiet", is_flag=True, help="No progress, only the result.")
def opea(cache: Path | None, *, anew: bool, as_json: bool, quiet: bool) -> int:
    """Build an environment with opea-comps 1.5 and the versions that it pins, for --gateway opea.

    It needs some 600 MB and the package index that pip is set up for; built once, it is kept.
    """
    env = environment(cache_of({"cache": cache}))
    was_there = env.is_built and not anew
    built = _built(env, anew=anew, quiet=quiet)
    if as_json:
        emit({"path": str(env.path), "was_there": was_there, **built.model_dump()})
        return 0
    click.echo(
        f"opea-comps {built.opea_comps} with {len(built.packages)} packages "
        f"{'is there already' if was_there else f'was built in {built.took_s:g} s'}: {env.path}"
    )
    if cache is not None:
        click.echo(f"{CACHE_VARIABLE}={cache} lets --gateway opea find it")
    return 0


def _built(env: Environment, *, anew: bool, quiet: bool) -> Built:
    console = Console(file=sys.stderr, quiet=quiet, highlight=False)
    with console.status("") as status:

        def say(line: str) -> None:
            _say(console, status, line)

        return build(env, say, anew=anew)


def _say(console: Console, status: Status, line: str) -> None:
    """A step is a line that stays; what it says meanwhile passes by, where there is a terminal."""
    if not line.startswith(" "):
        console.print(line, markup=False)
    elif console.is_terminal:
        status.update(line.strip()[: max(20, console.width - 4)])
