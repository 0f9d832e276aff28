"""`--megaservice FILE`: a user's own megaservice file in the place of a scenario."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from harness.commands.containers import in_containers, placed
from harness.commands.grouping import grouped
from harness.commands.options import find_scenario, find_where, opea_there, run_to_end
from harness.discovery import COMP, SCENARIO, discover
from harness.errors import UsageError
from harness.gateway.look import look
from harness.gateway.seen import MegaserviceFile
from harness.generic import modes_of, scenario_for
from harness.scenario import Scenario
from harness.stack.stack import Where

MOCK = "mock:"
USUAL = "rag"


# --megaservice FILE and --argument, and which nodes of it or of a scenario run in containers.
of_file = grouped(
    click.option(
        "--megaservice",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="A megaservice file of your own, as it is, in the place of SCENARIO.",
    ),
    click.option(
        "--argument",
        "arguments",
        multiple=True,
        metavar="TEXT",
        help="An argument that FILE is run with; may be given again.",
    ),
    in_containers,
)


# SCENARIO, or --megaservice FILE with --argument and --modes in its place.
megaservice = grouped(
    click.argument("scenario", required=False),
    of_file,
    click.option(
        "--modes",
        type=click.Choice(["json", "stream", "json,stream"]),
        help="How FILE is asked. [default: for streams too where a model answers]",
    ),
)


def chosen(scenario: str | None, options: Mapping[str, Any]) -> tuple[Scenario, Where]:
    """What is run and where its parts are; raises UsageError where it is both a scenario and a file, or neither."""
    file: Path | None = options.get("megaservice")
    if options.get("compose_files"):
        if scenario is not None or file is not None:
            raise UsageError(
                "--compose FILE says what to run, and neither SCENARIO nor --megaservice does beside it"
            )
        from harness.commands.composed import of_compose

        return of_compose(options)
    if scenario is None and file is None and "://" in options["gateway"]:
        scenario = _asked_there(options)
    if (scenario is None) == (file is None):
        both = "both are given" if file else "neither is given"
        raise UsageError(f"SCENARIO, or --megaservice FILE, says what to run; {both}")
    if file is None:
        assert scenario is not None
        where = find_where(options)
        return placed(find_scenario(scenario, where.folders), where, options)
    return placed(*_of_file(file, options), options)


def questioned(
    scenario: str | None, question: str | None, options: Mapping[str, Any]
) -> tuple[Scenario, Where, str]:
    """What is asked, where its parts are, and the question: of two words the second, behind a file or a gateway the only one."""
    if question is None and (options["megaservice"] or "://" in options["gateway"]):
        scenario, question = None, scenario
    if question is None or question in discover(SCENARIO, tuple(options["folders"])):
        raise UsageError(
            "QUESTION is missing; it comes after SCENARIO, or after --megaservice FILE or --gateway URL"
        )
    return (*chosen(scenario, options), question)


def _asked_there(options: Mapping[str, Any]) -> str:
    """The scenario of a gateway of which only the address is known, which is told: the usual one, unless its route is another's."""
    path = urlsplit(options["gateway"]).path.rstrip("/")
    scenarios = discover(SCENARIO, tuple(options["folders"])).items()
    names = [name for name, each in scenarios if each.megaservice.path == path]
    found = USUAL if USUAL in names or not names else names[0]
    if not options["quiet"]:
        click.echo(f"SCENARIO is not given: {options['gateway']} is asked as {found}", err=True)
    return found


def _of_file(file: Path, options: Mapping[str, Any]) -> tuple[Scenario, Where]:
    comps = dict(place.split(f"={MOCK}", 1) for place in options["nodes"] if f"={MOCK}" in place)
    nodes = [
        f"{place.partition('=')[0]}=mock" if f"={MOCK}" in place else place for place in options["nodes"]
    ]
    where = find_where({**options, "nodes": nodes})
    if where.is_attached:
        raise UsageError(
            f"--megaservice {file}: is run on an engine, --gateway reference or --gateway opea; {where.gateway} runs already, and "
            "with --write-env its nodes can be those of the file"
        )
    where = replace(where, opea=opea_there(options))
    # A gateway of somebody else's serves it; the file says which nodes it has, and which variables they are read from.
    engine = "opea" if where.gateway == "opea" else "reference"
    seen = run_to_end(look(file, options["arguments"], engine, where.opea))
    modes: tuple[Any, ...] = (
        tuple(options["modes"].split(",")) if options.get("modes") else modes_of(seen.seen)
    )
    seen = replace(seen, modes=modes)
    where = replace(where, file=seen)
    return _scenario(seen, where, comps), where


def _scenario(file: MegaserviceFile, where: Where, comps: Mapping[str, str]) -> Scenario:
    names = [node.name for node in (*file.seen.nodes, *file.seen.beside)]
    strange = sorted(set(comps) - set(names))
    if strange:
        raise UsageError(f"--node {strange[0]}: {file.path.name} has no such node; nodes are {names}")
    return scenario_for(file, discover(SCENARIO, where.folders), discover(COMP, where.folders), comps)
