"""`opea-harness run SCENARIO`: correctness, chaos and load, and a report of what came of it."""

import sys
from typing import Any

import click

from harness.commands.check import RUNS_DIR
from harness.commands.live import Live
from harness.commands.options import (
    Positive,
    find_faults,
    find_scenario,
    find_where,
    foreign,
    header_pairs,
    is_loopback,
    run_to_end,
    shared,
    targets,
)
from harness.commands.show import show
from harness.discovery import COMP, discover
from harness.drive import PARTS, Wish, carry_out, planned
from harness.errors import UsageError
from harness.judge import judge
from harness.machine import command_line
from harness.progress import Silent
from harness.run import Run, retain
from harness.stack.stack import Where, check_nodes
from harness.verdict import EXIT_INTERRUPTED
from reports import draw


@click.command(epilog="Example: opea-harness run rag --only correctness,load --rate 20 --duration 30")
@click.argument("scenario")
@click.option("--only", default=",".join(PARTS), show_default=True, help="The parts to run, comma separated.")
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
@RUNS_DIR
@targets
@shared
def run(scenario: str, **options: Any) -> int:
    """Run SCENARIO and leave its report under runs/.

    Brings the stack up (mocks on loopback, embedded trace store), asks, breaks, loads and measures it, and takes everything down
    again. The exit code says what came of it: 0 all hold, 1 something violated, 4 environment, 5 nothing ran, 6 unknown.
    """
    wish = _wish(scenario, options)
    made = Run.create(wish.runs_dir, planned(wish))
    progress = Silent() if options["quiet"] else Live(sys.stderr)
    interrupted = False
    try:
        with progress:
            run_to_end(carry_out(wish, made, progress))
    except KeyboardInterrupt:
        interrupted = True
    finally:
        judged = judge(made, wish.where.folders)
        draw(made.path)
    if options["keep"]:
        retain(wish.runs_dir, options["keep"])
    show(judged, made.path, as_json=options["as_json"], quiet=options["quiet"])
    return EXIT_INTERRUPTED if interrupted else judged.exit_code


def _wish(scenario: str, options: dict[str, Any]) -> Wish:
    where = find_where(options)
    found = find_scenario(scenario, options["folders"])
    check_nodes(found, where)
    parts = _parts(options["only"])
    return Wish(
        scenario=found,
        where=where,
        parts=_allowed(parts, where, options),
        faults=find_faults(options["faults"], where.folders),
        comps=discover(COMP, where.folders),
        seed=options["seed"],
        rate_per_s=options["rate"] or 0.0,
        duration_s=options["duration"] or 0.0,
        headers=header_pairs(options["headers"]),
        runs_dir=options["runs_dir"],
        command=command_line(sys.argv),
    )


def _parts(only: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in only.split(",") if part.strip())
    strange = [part for part in parts if part not in PARTS]
    if strange or not parts:
        raise UsageError(
            f"--only {only}: {(strange or ['nothing'])[0]} is no part of a run; parts are {', '.join(PARTS)}"
        )
    return tuple(part for part in PARTS if part in parts)


def _allowed(parts: tuple[str, ...], where: Where, options: dict[str, Any]) -> tuple[str, ...]:
    """Faults and load go only where the harness is at home, or where the user says so."""
    theirs = foreign(where)
    if not theirs or options["yes_this_is_mine"]:
        return parts
    asked = click.get_current_context().get_parameter_source("only") is not click.core.ParameterSource.DEFAULT
    barred = " and ".join(part for part in parts if part != "correctness")
    if barred and (asked or not all(is_loopback(url) for url in theirs)):
        raise UsageError(
            f"{theirs[0]}: {barred} would be put on an address that the harness did not start; "
            "add --yes-this-is-mine if it is yours, or --only correctness"
        )
    if barred and not options["quiet"]:
        click.echo(
            f"{theirs[0]}: was not started by the harness, so {barred} are left out; add --yes-this-is-mine if it is yours",
            err=True,
        )
    return tuple(part for part in parts if part == "correctness")
