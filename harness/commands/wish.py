"""What is given on a command line, or to pytest, as what a run is to do."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from harness.commands.defaults import flags_of_file
from harness.commands.megaservice import chosen
from harness.commands.options import all_here, foreign, header_pairs
from harness.discovery import COMP, FAULT, discover
from harness.drive import DEFECTS, PARTS, Wish
from harness.errors import UsageError
from harness.fault import Fault
from harness.gateway.launch import ENGINES
from harness.machine import command_line
from harness.parts import chaos
from harness.stack.stack import check_nodes

HARMLESS = ("correctness", DEFECTS)  # To what the harness did not start.


def wished(scenario: str | None, options: Mapping[str, Any], parts: tuple[str, ...]) -> Wish:
    """The wish that the options of `run` make; raises UsageError for a name that is none, before anything is begun."""
    found, where = chosen(scenario, options)
    check_nodes(found, where)
    return Wish(
        scenario=found,
        where=where,
        parts=parts,
        faults=find_faults(options["faults"], where.folders),
        comps=discover(COMP, where.folders),
        seed=options["seed"],
        rate_per_s=options["rate"] or 0.0,
        duration_s=options["duration"] or 0.0,
        headers=header_pairs(options["headers"]),
        runs_dir=options["runs_dir"],
        command=command_line([*sys.argv, *flags_of_file()]),
    )


def find_faults(wanted: str, folders: Iterable[Path]) -> dict[str, Fault]:
    """The faults of `default`, of `all`, or of names with commas between; raises UsageError for a name that is none."""
    catalogue = dict(discover(FAULT, tuple(folders)))
    if wanted == "all":
        return catalogue
    if wanted == "default":
        return {name: fault for name, fault in catalogue.items() if fault.default}
    return chaos.chosen(catalogue, [name.strip() for name in wanted.split(",") if name.strip()])


def parts_of(only: str | None, gateway: str = "reference") -> tuple[str, ...]:
    """The parts that are named, in the order in which they are carried out; raises UsageError for one that is none.

    Where none is named, all of a scenario, and on opea-comps its known defects too.
    """
    if only is None:
        return (*PARTS, DEFECTS) if gateway == "opea" else PARTS
    known = (*PARTS, DEFECTS)
    parts = tuple(part.strip() for part in only.split(",") if part.strip())
    strange = [part for part in parts if part not in known]
    if strange or not parts:
        raise UsageError(
            f"--only {only}: {(strange or ['nothing'])[0]} is no part of a run; parts are {', '.join(known)}"
        )
    if DEFECTS in parts and gateway not in ENGINES:
        raise UsageError(
            f"--only {only}: {DEFECTS} are tried on an engine that the harness starts: --gateway {' or '.join(ENGINES)}"
        )
    return tuple(part for part in known if part in parts)


def allowed(wish: Wish, options: Mapping[str, Any]) -> Wish:
    """The wish without faults and load where the harness is not at home, unless the user says whose it is.

    Raises UsageError where these were asked for by name, or would leave this machine.
    """
    theirs = foreign(wish.where)
    if not theirs or options["yes_this_is_mine"]:
        return wish
    asked = click.get_current_context().get_parameter_source("only") is not click.core.ParameterSource.DEFAULT
    barred = " and ".join(part for part in wish.parts if part not in HARMLESS)
    if barred and (asked or not all_here(theirs)):
        raise UsageError(
            f"{theirs[0]}: {barred} would be put on an address that the harness did not start; "
            "add --yes-this-is-mine if it is yours, or --only correctness"
        )
    if barred and not options["quiet"]:
        click.echo(
            f"{theirs[0]}: was not started by the harness, so {barred} are left out; add --yes-this-is-mine if it is yours",
            err=True,
        )
    return replace(wish, parts=tuple(part for part in wish.parts if part in HARMLESS))
