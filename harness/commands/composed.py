"""`-f FILE` of `up` and `--compose FILE` of `run`: a compose file in the place of what is known by name."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from harness.commands.containers import image_map
from harness.commands.pairs import pair
from harness.compose import asked, reading
from harness.compose.graph import graph_of
from harness.compose.project import Project
from harness.composition.images import tagged
from harness.discovery import COMP, SCENARIO, discover
from harness.errors import UsageError
from harness.generic import scenario_for
from harness.scenario import Scenario
from harness.stack.where import BOOT_LIMIT_S, Where

SHELL = "opea-harness.shell"  # Where the command line leaves the environment, which nobody else reads.
JAEGERS = ("embedded", "none")
SERVICE_FORM = "SERVICE=mock|mock:COMP|URL|IMAGE|none, such as retriever=mock"


def project_of(files: tuple[Path, ...], options: Mapping[str, Any]) -> Project:
    """The project of the files, what is done otherwise than they say told on standard error; raises UsageError and StackError."""
    pairs = [pair("--node", each, SERVICE_FORM) for each in options["nodes"]]
    wanted = asked.Asked(
        files,
        _shell(),
        options["env_file"],
        frozenset(options["profiles"]),
        dict(pairs),
        options["megaservice_service"] or "",
        options.get("route") or "",
        options["forwarder_image"] or "",
        missing_is_empty=options["missing_as_empty"],
        addresses=asked.own_addresses(),
        ready_limit_s=options["ready_timeout"] or asked.READY_LIMIT_S,
    )
    project = reading.read_project(wanted, discover(COMP, tuple(options["folders"])))
    if not options["quiet"]:
        for note in project.notes:
            click.echo(f"note: {note}", err=True)
    return project


def _shell() -> Mapping[str, str]:
    """The environment that the command line found when it began."""
    found: Mapping[str, str] = click.get_current_context().meta.get(SHELL, {})
    return found


def of_compose(options: Mapping[str, Any]) -> tuple[Scenario, Where]:
    """The scenario of the compose files of `run`, and where its parts are; raises UsageError for what the files do not tell."""
    files: tuple[Path, ...] = options["compose_files"]
    if options["jaeger"] not in JAEGERS:
        raise UsageError(f"--jaeger {options['jaeger']}: with --compose it is one of {' and '.join(JAEGERS)}")
    if options["gateway"] != "reference":
        raise UsageError(
            f"--gateway {options['gateway']}: with --compose the gateway is the file's megaservice"
        )
    project = project_of(files, options)
    if project.megaservice and project.megaservice.service is None:
        raise UsageError(
            f"--node {project.megaservice.name}={project.megaservice.place}: it is the megaservice, which is what is tested; "
            "one that runs already is tested with --gateway URL"
        )
    graph = graph_of(project, files[0], options.get("route") or "")
    parts = {node: project.parts[name] for node, name in graph.parts.items()}
    folders = tuple(options["folders"])
    comps = {node: part.comp.id for node, part in parts.items() if part.comp}
    scenario = scenario_for(graph.file, discover(SCENARIO, folders), discover(COMP, folders), comps)
    project = replace(project, nodes=graph.parts)
    where = Where(
        gateway=tagged(project.megaservice.image) if project.megaservice else "",
        nodes={node: part.place for node, part in parts.items() if part.place.startswith("http")},
        folders=folders,
        jaeger=options["jaeger"],
        like_upstream=options["like_upstream"],
        file=graph.file,
        composition=project.composition,
        images=image_map(options),
        pull=bool(options.get("pull")),
        boot_limit_s=BOOT_LIMIT_S,
        project=project,
    )
    return scenario, where
