"""A node whose endpoint its comp does not serve."""

from collections.abc import Iterator, Sequence

from harness.comp import Comp
from harness.lint.behind import behind, comps_at, known
from harness.lint.compose import Service
from harness.lint.contracts import MEGASERVICES, nearest
from harness.lint.finding import Found, Rule
from harness.lint.graph import Graph, Node
from harness.lint.sources import Sources


def _find(sources: Sources) -> Iterator[Found]:
    for megaservice in sources.megaservices:
        services = behind(sources, megaservice)
        for graph in megaservice.graphs:
            for node in graph.members:
                yield from _judge(sources, graph, node, services.get(node))


def _judge(sources: Sources, graph: Graph, node: Node, service: Service | None) -> Iterator[Found]:
    if node.endpoint is None or node.service_type is None or node.endpoint in MEGASERVICES:
        return
    comps = known(sources, node, service)
    if comps and not comps_at(sources, node, service):
        who = f"{service.name} ({service.image})" if service else f"a {node.service_type} comp"
        yield Found(
            node.endpoint_spot,
            f"node {graph.label(node.key)} calls POST {node.endpoint}, which {who} does not serve",
            _mend(comps, node.endpoint),
        )


def _mend(comps: Sequence[Comp], path: str) -> str:
    route = nearest(comps, path)
    owners = ", ".join(comp.id for comp in comps if comp.endpoint(route))
    return f"Call POST {route} ({owners}), the promised route most like it"


RULES = (
    Rule(
        "endpoint-not-served",
        "The node answers 404, OPEA's orchestrator takes that JSON for data and hands it on, and the client may get an empty 200.",
        "Call a route that `opea-harness comps` lists",
        _find,
    ),
)
