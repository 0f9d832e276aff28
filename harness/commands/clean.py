"""`opea-harness clean`: remove what runs that were killed left behind, and nothing else."""

from collections import Counter

import click

from harness.commands.grouping import AS_JSON
from harness.commands.options import emit
from harness.containers.engine import connected
from harness.containers.leftovers import Leftover, on_engine, on_machine
from harness.errors import EXIT_ENVIRONMENT, StackError


@click.command(epilog="Example: opea-harness clean --dry-run")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@AS_JSON
@click.option("--quiet", is_flag=True, help="Only what could not be removed is said.")
def clean(*, dry_run: bool, as_json: bool, quiet: bool) -> int:
    """Remove containers, networks, volumes, processes and temporary folders of runs that are dead.

    Each bears the mark of the run that made it. What bears none, or that of a run that lives, is left alone.
    """
    removed, kept = _swept(on_machine(), dry_run=dry_run)
    docker = ""
    try:
        with connected() as engine:
            gone, stuck = _swept(on_engine(engine), dry_run=dry_run)
            removed, kept = gone + removed, stuck + kept
    except StackError as error:
        docker = str(error)
    if as_json:
        rows = [{"kind": each.kind, "name": each.name} for each in removed]
        emit({"removed": rows, "dry_run": dry_run, "kept": kept, "docker": docker or "searched"})
    elif not quiet:
        _tell(removed, docker, dry_run=dry_run)
    for each in kept:
        click.echo(f"opea-harness: {each}", err=True)
    return EXIT_ENVIRONMENT if kept else 0


def _swept(found: list[Leftover], *, dry_run: bool) -> tuple[list[Leftover], list[str]]:
    """What was removed, and of the rest why not."""
    removed, kept = [], []
    for each in found:
        try:
            if not dry_run:
                each.remove()
            removed.append(each)
        except (StackError, OSError) as error:
            kept.append(f"{each.kind} {each.name}: cannot be removed: {error}")
    return removed, kept


def _tell(removed: list[Leftover], docker: str, *, dry_run: bool) -> None:
    for each in removed:
        click.echo(f"{each.kind:<10} {each.name}")
    counted = Counter(each.kind for each in removed)
    what = ", ".join(
        f"{many} {kind}{'es' * (kind == 'process' and many > 1) or 's' * (many > 1)}"
        for kind, many in counted.items()
    )
    click.echo(f"{'would remove' if dry_run else 'removed'} {what or 'nothing: no dead run left anything'}")
    if docker:
        click.echo(f"containers were not looked for: {docker}")
