"""A node whose reply the next node cannot read, where no hook puts it right."""

from collections.abc import Iterator, Mapping
from functools import partial

from harness.comp import Comp, Endpoint
from harness.lint.behind import behind, meant
from harness.lint.compose import Service
from harness.lint.finding import Found, Rule
from harness.lint.graph import Graph, Node
from harness.lint.passing import Break, Passing, Use, fields
from harness.lint.sources import Sources

_ALIGNERS = ("align_inputs", "align_outputs")
_SHOWN = 6  # Names of fields in one message.


def _find(sources: Sources) -> Iterator[Found]:
    for megaservice in sources.megaservices:
        if any(hook.name in _ALIGNERS for hook in megaservice.hooks):
            continue
        services = behind(sources, megaservice)
        for graph in megaservice.graphs:
            for each in Passing(graph, partial(_contracts, sources, graph, services)).breaks():
                yield _told(graph, each)


def _contracts(
    sources: Sources, graph: Graph, services: Mapping[Node, Service], key: str
) -> list[tuple[Comp, Endpoint]]:
    node = graph.nodes.get(key)
    return meant(sources, node, services.get(node)) if node else []


def _told(graph: Graph, found: Break) -> Found:
    keys = [edge.before for edge in graph.edges if edge.after == found.edge.after]
    before = " and ".join(_label(graph, key, use) for key, use in zip(keys, found.before, strict=True))
    verb = "answers" if len(keys) == 1 else "answer"
    return Found(
        found.edge.spot,
        f"{_label(graph, found.edge.after, found.after)} cannot read what {before} {verb}: {_difference(found)}",
    )


def _label(graph: Graph, key: str, use: Use) -> str:
    return f"{graph.label(key)} ({use.comp.id}, {use.endpoint.key})"


def _difference(found: Break) -> str:
    given = frozenset().union(*(use.gives for use in found.before))
    needed = found.after.needs or fields(found.after.variant.request)
    reply = f"the reply has {_listed(given)}" if given else "the reply is no JSON object"
    return f"{reply}; the request needs {_listed(needed)}"


def _listed(names: frozenset[str]) -> str:
    shown = sorted(names)[:_SHOWN]
    return ", ".join(shown) + (", ..." if len(names) > len(shown) else "")


RULES = (
    Rule(
        "reply-not-readable",
        "The next node refuses the request with 422 or takes it for an empty one, and OPEA's orchestrator hands its error on as data.",
        "Assign `align_outputs` or `align_inputs` that makes the one into the other, as ChatQnA does",
        _find,
    ),
)
