"""The variables by which OPEA's megaservices are told where their nodes are (GenAIExamples 15b0d46). Pure.

Most read `EMBEDDING_SERVER_HOST_IP` and `EMBEDDING_SERVER_PORT`, or SERVICE in the place of SERVER, after the node's name, its kind or
the server behind it. All that may be meant are given: a variable that nobody reads does no harm.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from harness.errors import UsageError
from harness.gateway.seen import Seen
from harness.megaservice import Node

Address = tuple[str, int]
PLACE = re.compile(r"\{(host|port|url):([^{}]+)\}")
HOST_ENDS, PORT_END = ("HOST_IP", "HOST"), "PORT"
# What is named otherwise, by kind: hosts, then ports.
ODD: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "EMBEDDING": (
        ("TEI_EMBEDDING_HOST_IP", "MM_EMBEDDING_SERVICE_HOST_IP"),
        ("EMBEDDER_PORT", "MM_EMBEDDING_PORT_MICROSERVICE"),
    ),
    "RETRIEVER": (
        ("RETRIEVAL_SERVICE_HOST_IP", "MM_RETRIEVER_SERVICE_HOST_IP"),
        ("RETRIEVER_PORT", "REDIS_RETRIEVER_PORT", "MM_RETRIEVER_SERVICE_PORT"),
    ),
    "LVM": ((), ("LVM_PORT", "LLM_SERVICE_PORT")),
}


def usual(nodes: Sequence[Node], places: Mapping[str, Address]) -> dict[str, str]:
    """The usual variables for nodes at these addresses; of several nodes of a kind, the kind's name means the first."""
    found: dict[str, str] = {}
    for words in (_own, _kind):
        for node in nodes:
            host, port = places[node.name]
            for word in words(node):
                for role in ("SERVER", "SERVICE"):
                    for name, value in _pairs(f"{word}_{role}", host, port):
                        found.setdefault(name, value)
    for node in nodes:
        host, port = places[node.name]
        hosts, ports = ODD.get(node.service_type, ((), ()))
        found = {**found, **_absent(found, hosts, host), **_absent(found, ports, str(port))}
    return found


def told(
    nodes: Sequence[Node],
    places: Mapping[str, Address],
    seen: Seen | None = None,
    given: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The usual variables, over these what its file was seen to read, and over these what was given.

    In what was given `{host:llm}`, `{port:llm}` and `{url:llm}` are a node's; raises UsageError for one that there is not.
    """
    found = {**usual(nodes, places), **(seen.variables(places) if seen else {})}
    return {**found, **{name: _filled(name, value, places) for name, value in (given or {}).items()}}


def _own(node: Node) -> Iterator[str]:
    yield re.sub(r"\W+", "_", node.name).upper()


def _kind(node: Node) -> Iterator[str]:
    yield node.service_type
    yield node.comp.rpartition(".")[2].upper()


def _absent(found: Mapping[str, str], names: Iterable[str], value: str) -> dict[str, str]:
    return {name: value for name in names if name not in found}


def _pairs(begin: str, host: str, port: int) -> Iterator[tuple[str, str]]:
    for end in HOST_ENDS:
        yield f"{begin}_{end}", host
    yield f"{begin}_{PORT_END}", str(port)


def _filled(name: str, value: str, places: Mapping[str, Address]) -> str:
    def place(match: re.Match[str]) -> str:
        what, node = match.groups()
        if node not in places:
            raise UsageError(f"--env {name}={value}: there is no node {node!r}; nodes are {[*places]}")
        host, port = places[node]
        return {"host": host, "port": str(port), "url": f"http://{host}:{port}"}[what]

    return PLACE.sub(place, value)
