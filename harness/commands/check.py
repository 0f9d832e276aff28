"""`opea-harness check RUN` judges a run again from disk; `opea-harness report RUN` draws it again."""

from pathlib import Path
from typing import Any

import click

from harness.commands.options import RUNS_DIR, emit, shared
from harness.commands.show import show
from harness.judge import judge
from harness.run import Run, find_run
from reports import draw, load
from reports.plots import plot


@click.command(epilog="Example: opea-harness check runs/latest")
@click.argument("run")
@RUNS_DIR
@shared
def check(run: str, runs_dir: Path, **options: Any) -> int:
    """Judge RUN (a path, an id, or `latest`) again from what it left on disk; the exit code says what came of it."""
    found = find_run(run, runs_dir)
    judged = judge(found, tuple(options["folders"]))
    draw(found.path)
    show(judged, found.path, as_json=options["as_json"], quiet=options["quiet"])
    return judged.exit_code


@click.command(epilog="Example: opea-harness report runs/latest")
@click.argument("run")
@click.option(
    "--plots", is_flag=True, help="Besides pictures (PNG) and tables (CSV) for slides, a wiki or a notebook."
)
@RUNS_DIR
@shared
def report(run: str, runs_dir: Path, *, plots: bool, **options: Any) -> int:
    """Draw the reports of RUN (a path, an id, or `latest`) again from its report.json."""
    found: Run = find_run(run, runs_dir)
    drawn = draw(found.path)
    if plots:
        drawn += plot(load(found.path), found.path / "plots")
    if options["as_json"]:
        emit({"run": found.plan.id, "files": [str(path) for path in drawn]})
    else:
        click.echo("\n".join(map(str, drawn)))
    return 0
