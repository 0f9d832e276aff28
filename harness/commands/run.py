"""`opea-harness run SCENARIO`: correctness, chaos and load, and a report of what came of it."""

from typing import Any

import click

from harness.commands.compose import compose_file
from harness.commands.live import live
from harness.commands.megaservice import megaservice
from harness.commands.options import (
    RUNS_DIR,
    Positive,
    run_to_end,
    shared,
    targets,
)
from harness.commands.show import show
from harness.commands.wish import allowed, parts_of, wished
from harness.drive import DEFECTS, PARTS, Wish, carry_out, planned
from harness.judge import Judged, judge
from harness.run import Run, retain
from harness.verdict import EXIT_INTERRUPTED
from reports import draw


@click.command(epilog="Example: opea-harness run rag --only correctness,load --rate 20 --duration 30")
@megaservice
@click.option(
    "--only",
    help=f"The parts to run, comma separated, of {', '.join(PARTS)} and {DEFECTS}. [default: {','.join(PARTS)}, "
    f"and {DEFECTS} with --gateway opea]",
)
@click.option(
    "--rate",
    type=Positive(),
    help="Load: requests a second. [default: the scenario's]",
)
@click.option("--duration", type=Positive(), help="Load: seconds. [default: the scenario's]")
@click.option(
    "--faults",
    default="default",
    show_default=True,
    help="Chaos: `default`, `all`, or names, comma separated.",
)
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="NAME:VALUE",
    help="Sent with every question; may be given again.",
)
@click.option(
    "--yes-this-is-mine", is_flag=True, help="Allow load on an address that the harness did not start."
)
@click.option("--keep", type=click.IntRange(min=1), help="Keep only so many runs, this one included.")
@compose_file
@RUNS_DIR
@targets
@shared
def run(scenario: str | None, **options: Any) -> int:
    """Run SCENARIO and leave its report under runs/.

    Brings the stack up (mocks on loopback, embedded trace store), asks, breaks, loads and measures it, and takes everything down
    again. The exit code says what came of it: 0 all hold, 1 something violated, 4 environment, 5 nothing ran, 6 unknown.
    """
    wish = allowed(wished(scenario, options, parts_of(options["only"], options["gateway"])), options)
    made = Run.create(wish.runs_dir, planned(wish))
    progress = live(quiet=options["quiet"])
    interrupted = False
    try:
        with progress:
            run_to_end(carry_out(wish, made, progress))
    except KeyboardInterrupt:
        interrupted = True
    except BaseException:
        if made.path.is_dir():
            _drawn(made, wish)
            click.echo(f"{made.path}: what was found out until then, logs and all", err=True)
        raise
    judged = _drawn(made, wish)
    if options["keep"]:
        retain(wish.runs_dir, options["keep"])
    show(judged, made.path, as_json=options["as_json"], quiet=options["quiet"])
    return EXIT_INTERRUPTED if interrupted else judged.exit_code


def _drawn(made: Run, wish: Wish) -> Judged:
    judged = judge(made, wish.where.folders)
    draw(made.path)
    return judged
