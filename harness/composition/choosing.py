"""Which containers a stack is to have: those of the scenario's composition, less the nodes that are elsewhere, with the images that were named."""

import re
from collections.abc import Mapping
from dataclasses import replace

from harness.comp import Comp
from harness.composition.images import ImageMap
from harness.errors import UsageError
from harness.jaeger.container import SERVICE as JAEGER
from harness.megaservice import Node
from harness.scenario import Scenario
from harness.service import Composition, Service

TELEMETRY = "TELEMETRY_ENDPOINT"
IMAGE = re.compile(r"[a-z0-9][\w.-]*(?::\d+)?(?:/[a-z0-9][\w.-]*)*(?::[\w][\w.-]*)?(?:@sha256:[0-9a-f]{64})?")
ADDRESS = re.compile(r"(localhost|[\w-]+(\.[\w-]+)+):\d+")


def is_image(place: str) -> bool:
    """Is it an image's name, with a folder, a tag or both, so that neither a mistyped word nor an address is one?"""
    is_named = ("/" in place or ":" in place) and not ADDRESS.fullmatch(place)
    return is_named and IMAGE.fullmatch(place) is not None


def real_scenario(scenario: Scenario, scenarios: Mapping[str, Scenario]) -> Scenario:
    """The scenario that asks the like of real containers; raises UsageError where nobody made one."""
    real = _like(scenario, scenarios)
    if real is None:
        able = sorted(
            {name for each in scenarios.values() if each.composition for name in (each.name, each.real_of)}
        )
        raise UsageError(
            f"--stack real: {scenario.name} has no containers; {', '.join(filter(None, able))} have, "
            "and `--node NAME=IMAGE` puts a single node in one"
        )
    return real


def _like(scenario: Scenario, scenarios: Mapping[str, Scenario]) -> Scenario | None:
    """The scenario itself where it has containers, or the one that asks its like of some."""
    if scenario.composition is not None:
        return scenario
    return next(
        (each for each in scenarios.values() if each.composition and each.real_of == scenario.name), None
    )


def containers_of(
    scenario: Scenario, places: Mapping[str, str], base: Composition | None, comps: Mapping[str, Comp]
) -> Composition | None:
    """The composition of a scenario whose nodes are at these places; None where no container is wanted.

    A node that no place is given for is one of the `base`; an image stands in its service there, or in one made of the node's comp.
    Raises UsageError for an image of a node that cannot be put in one.
    """
    images = {name: place for name, place in places.items() if is_image(place)}
    if base is None and not images:
        return None
    made = base or Composition("images", ())
    for name, image in images.items():
        made = _with_image(made, scenario.megaservice.node(name), image, comps)
    elsewhere = {name for name in places if name not in images}
    wanted = [service for node, service in made.nodes.items() if node not in elsewhere]
    return _untraced(made.only([*wanted, *filter(None, (made.traces,))]), made)


def of_images(
    scenario: Scenario, places: Mapping[str, str], scenarios: Mapping[str, Scenario]
) -> Composition:
    """What single nodes can be put in: of the composition of the scenario's like what has the same comps; no Jaeger."""
    real = _like(scenario, scenarios)
    if real is None or real.composition is None:
        return Composition("images", ())
    composition = real.composition
    alike = [
        composition.nodes[name]
        for name, place in places.items()
        if is_image(place)
        and name in composition.nodes
        and real.megaservice.node(name).comp == scenario.megaservice.node(name).comp
    ]
    return _untraced(replace(composition.only(alike), traces=""), composition)


def with_jaeger(composition: Composition | None) -> Composition:
    """The composition with a Jaeger, which it may have already."""
    if composition is None:
        return Composition(JAEGER.name, (JAEGER,), traces=JAEGER.name)
    if composition.traces:
        return composition
    return replace(composition, services=(JAEGER, *composition.services), traces=JAEGER.name)


def stood_in(composition: Composition | None, images: ImageMap) -> list[str]:
    """The nodes whose image, or one that it needs, is a stand-in for the real one."""
    if composition is None:
        return []
    return [
        node
        for node, name in composition.nodes.items()
        if not all(images.is_genuine(each.image) for each in composition.only([name]).services)
    ]


def _with_image(made: Composition, node: Node, image: str, comps: Mapping[str, Comp]) -> Composition:
    if node.name in made.nodes:
        service = made.service(made.nodes[node.name])
        return made.with_service(replace(service, image=image))
    comp = comps.get(node.comp)
    if comp is None or comp.needs:
        needs = ", ".join(comp.needs) if comp else "a contract"
        raise UsageError(
            f"--node {node.name}={image}: the comp {node.comp} needs {needs}, and nothing here says what to give it; "
            f"start it yourself and give its address: --node {node.name}=http://127.0.0.1:PORT"
        )
    service = Service(node.name, image, (comp.port,), comp.settings, comp=comp.id)
    return replace(made, services=(*made.services, service), nodes={**made.nodes, node.name: node.name})


def _untraced(part: Composition, whole: Composition) -> Composition:
    """Without a Jaeger nobody is told to send to it."""
    if part.traces or not whole.traces:
        return part
    services = tuple(
        replace(each, environment={name: at for name, at in each.environment.items() if name != TELEMETRY})
        for each in part.services
    )
    return replace(part, services=services)
