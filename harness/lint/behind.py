"""What stands behind the nodes of a megaservice, where the compose files tell."""

from collections.abc import Mapping

from harness.comp import Comp, Endpoint
from harness.lint.compose import Service
from harness.lint.contracts import MEGASERVICES, is_likely, nearest, serving
from harness.lint.graph import Node
from harness.lint.megaservice import Megaservice
from harness.lint.sources import Sources
from harness.lint.wiring import answering, backend, node_calls


def behind(sources: Sources, megaservice: Megaservice) -> Mapping[Node, Service]:
    """The service of each node, where its image is that of a known comp.

    A file may build several graphs, of which a stack runs one: a service that serves one graph's node is not told to be behind
    another graph's node of the same address and another route.
    """
    compose = sources.compose
    found: dict[Node, Service] = {}
    for _, call in node_calls(compose, megaservice, backend(compose, megaservice)) if compose else ():
        service = answering(compose, call) if compose else None
        if service is not None and call.node is not None and sources.contracts.of_service(service):
            found[call.node] = service
    right = {(node.host, node.port) for node, service in found.items() if _serves(sources, node, service)}
    return {
        node: service
        for node, service in found.items()
        if (node.host, node.port) not in right or _serves(sources, node, service)
    }


def _serves(sources: Sources, node: Node, service: Service) -> bool:
    return bool(serving(sources.contracts.of_service(service), node.endpoint or ""))


def known(sources: Sources, node: Node, service: Service | None) -> tuple[Comp, ...]:
    """The comps that a node may be, whatever its route: those of the service, else those of its type."""
    if service is not None:
        return sources.contracts.of_service(service)
    return sources.contracts.of_type(node.service_type or "")


def comps_at(sources: Sources, node: Node, service: Service | None) -> tuple[Comp, ...]:
    """The comps that answer at the node's route: those of the service, else those that its type allows."""
    if node.endpoint is None or node.service_type is None:
        return ()
    if service is not None:
        return serving(sources.contracts.of_service(service), node.endpoint)
    return sources.contracts.at(node.service_type, node.endpoint)


def meant(sources: Sources, node: Node, service: Service | None) -> list[tuple[Comp, Endpoint]]:
    """The contracts that a node's route is meant to be: what answers there, else those of the route most like it."""
    comps, path = comps_at(sources, node, service), node.endpoint or ""
    if not comps and path not in MEGASERVICES:
        others = known(sources, node, service)
        route = nearest(others, path)
        comps, path = (serving(others, route), route) if path and is_likely(route, path) else ((), path)
    return [(comp, endpoint) for comp in comps if (endpoint := comp.endpoint(path))]
