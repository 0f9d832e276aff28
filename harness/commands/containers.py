"""--stack, --image-map, --pull and --ready-timeout: which nodes of a stack run in containers, of which images, and how long they may take."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from harness.commands.grouping import grouped
from harness.commands.options import Positive
from harness.composition.choosing import containers_of, is_image, of_images, real_scenario, with_jaeger
from harness.composition.images import ImageMap
from harness.discovery import COMP, SCENARIO, discover
from harness.errors import UsageError
from harness.scenario import Scenario
from harness.service import Composition
from harness.stack.where import Where

STACKS = ("mock", "real")

# --image-map, --pull and --ready-timeout.
of_images_chosen = grouped(
    click.option(
        "--image-map",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help='Images that are started in the place of others: {"opea/retriever:latest": "mine/retriever:2"}.',
    ),
    click.option("--pull", is_flag=True, help="Pull every image anew; none is started in another's place."),
    click.option(
        "--ready-timeout",
        type=Positive(),
        metavar="SECONDS",
        help="How long a container may take to be ready, once it is started. [default: what is known of its image, else 180, 600 in a compose file]",
    ),
)
STACK = click.option(
    "--stack",
    type=click.Choice(STACKS),
    default="mock",
    show_default=True,
    help="real: every node that an image is known for runs in a container, and traces go to a Jaeger in one.",
)


# --stack and what says how containers are started.
in_containers = grouped(STACK, of_images_chosen)


def image_map(options: Mapping[str, Any]) -> ImageMap:
    """The map that was given; raises UsageError where it is no map, or is given for real images."""
    path: Path | None = options.get("image_map")
    if path is None:
        return ImageMap()
    if options.get("pull"):
        raise UsageError(
            f"--image-map {path}: puts other images in the place of real ones, which --pull asks for"
        )
    return ImageMap.read(path)


def patient(composition: Composition, options: Mapping[str, Any]) -> Composition:
    """The composition with the time that was given for each of its containers to be ready."""
    limit_s: float | None = options.get("ready_timeout")
    if limit_s is None:
        return composition
    services = tuple(replace(each, ready_limit_s=limit_s) for each in composition.services)
    return replace(composition, services=services)


def placed(scenario: Scenario, where: Where, options: Mapping[str, Any]) -> tuple[Scenario, Where]:
    """The scenario and its places with the containers that the options ask for; raises UsageError for what cannot be in one."""
    is_real = options.get("stack") == "real"
    wants_jaeger = where.jaeger == "container" or (is_real and _is_left_open(where))
    if not (is_real or wants_jaeger or any(map(is_image, where.nodes.values()))):
        return scenario, where
    if where.gateway_url:
        raise UsageError(
            f"--gateway {where.gateway}: runs already, so nothing is started for it; containers go with a gateway of ours"
        )
    scenarios, comps = discover(SCENARIO, where.folders), discover(COMP, where.folders)
    if is_real:
        scenario = real_scenario(scenario, scenarios)
    base = scenario.composition if is_real else of_images(scenario, where.nodes, scenarios)
    made = containers_of(scenario, where.nodes, base, comps)
    if wants_jaeger:
        made = with_jaeger(made)
    return scenario, replace(
        where,
        composition=patient(made, options) if made else None,
        jaeger="container" if wants_jaeger else where.jaeger,
        images=image_map(options),
        pull=bool(options.get("pull")),
    )


def _is_left_open(where: Where) -> bool:
    """Did nobody say where traces go?"""
    context = click.get_current_context(silent=True)
    asked = context.get_parameter_source("jaeger") if context else None
    return where.jaeger == "embedded" and asked in (None, click.core.ParameterSource.DEFAULT)
