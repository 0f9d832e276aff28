"""What a project's megaservice answers at, and which services answer for it, as far as the file tells. Pure.

The nodes are the comps that the megaservice is told of, else those that it waits for and that no other of them needs. In which order they are called no compose file says:
they stand in the order in which OPEA's graphs have their kinds. A server that serves several kinds, as TEI does, is told by the names
that the file has for it. A node is called by its kind, as OPEA's own megaservices call theirs and their traces say, or, where
two are of a kind, by its service.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.comp import Comp, Endpoint
from harness.compose.project import Part, Project
from harness.doctor.composed import real_name
from harness.errors import UsageError
from harness.gateway.seen import MegaserviceFile, Seen, SeenNode
from harness.generic import STREAMING, modes_of
from harness.lint.contracts import MEGASERVICES
from harness.megaservice import Node

# Where the megaservices of GenAIExamples answer whose image bears another name than their route; GenAIExamples 15b0d46.
ROUTES = {
    "arb-post-hearing-assistant": "/v1/arb-post-hearing",
    "audioqna-multilang": "/v1/audioqna",
    "browser-use-agent": "/v1/browser_use_agent",
    "deep-research-agent": "/v1/deep_research_agent",
    "doc-index-retriever": "/v1/retrievaltool",
    "docsum": "/v1/docsum",
}
KINDS = (
    *("GUARDRAIL", "ASR", "EMBEDDING", "WEB_RETRIEVER", "RETRIEVER", "RERANK", "LVM", "LLM", "TTS"),
    "ANIMATION",
)
SUPPORT = ("DATAPREP",)
Row = tuple[str, Part, Endpoint]
CALLED = {"GUARDRAIL": "guardrail_in"}


@dataclass(frozen=True, slots=True)
class Graph:
    """A megaservice as if its own file had been looked at, and which part answers for each of its nodes."""

    file: MegaserviceFile
    parts: Mapping[str, str]


def graph_of(project: Project, file: Path, route: str = "") -> Graph:
    """The graph; raises UsageError where the compose file does not tell enough."""
    part = project.megaservice
    if part is None:
        several = " and ".join(project.megaservices)
        why = f"{several} all look like it" if several else "no service is told where comps are"
        raise UsageError(
            f"{file}: which service is the megaservice? {why}; --megaservice-service NAME says it"
        )
    rows = _rows(project, part, file)
    nodes = _chained(rows)
    seen = Seen(part.name, route or _route(part, file), nodes)
    parts = {node.name: other.name for node, (_, other, _) in zip(nodes, rows, strict=True)}
    return Graph(MegaserviceFile(file, (), seen, modes_of(seen)), parts)


def wired(project: Project) -> dict[str, Node]:
    """A node for every part that is a known comp, whoever calls it; by the part, whose name it bears."""
    found = {}
    for part in project.parts.values():
        if part.comp is not None and any(each.method == "POST" for each in part.comp.endpoints):
            kind, _, endpoint = _kind("", part, part.comp)
            found[part.name] = Node(
                part.name, part.comp.id, endpoint.path, service_type=kind, streams=kind in STREAMING
            )
    return found


def _route(part: Part, file: Path) -> str:
    image = real_name(part.service.image if part.service else "")
    word = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    route = ROUTES.get(word, f"/v1/{word}")
    if route not in MEGASERVICES and word not in ROUTES:
        raise UsageError(
            f"{file}: {part.name} is no megaservice of GenAIExamples ({image or 'no image'}), so its route is not known; "
            "--route /v1/... says where it is asked"
        )
    return route


def _rows(project: Project, part: Part, file: Path) -> list[Row]:
    told = project.called_by(part)
    found = {other.name: (variable, other) for variable, other in reversed(told.items()) if other.comp}
    if not found:
        waits = [project.parts[name] for name in part.after]
        behind = {
            name
            for each in waits
            for name in (*each.after, *(o.name for o in project.called_by(each).values()))
        }
        found = {other.name: ("", other) for other in waits if other.comp and other.name not in behind}
    rows = [
        _kind(variable, other, other.comp)
        for variable, other in found.values()
        if other.comp and other.comp.service_type not in SUPPORT
    ]
    if not rows:
        raise UsageError(
            f"{file}: {part.name} is told of no comp that is known by its image, so there is nothing to stand before; "
            "--node SERVICE=mock:COMP says what a service is"
        )
    return sorted(rows, key=lambda row: KINDS.index(row[0]) if row[0] in KINDS else len(KINDS))


def _chained(rows: list[Row]) -> tuple[SeenNode, ...]:
    many = Counter(kind for kind, _, _ in rows)
    nodes: list[SeenNode] = []
    for kind, part, endpoint in rows:
        name = part.name if many[kind] > 1 else CALLED.get(kind, kind.lower())
        nodes.append(SeenNode(name, kind, endpoint.path, (nodes[-1].name,) if nodes else ()))
    return tuple(nodes)


def _kind(variable: str, part: Part, comp: Comp) -> Row:
    """The kind of node that it is, and the route that is called: of several the one whose name is in the file's names for it."""
    names = " ".join((variable, part.name, *part.names)).lower()
    posts = [each for each in comp.endpoints if each.method == "POST"]
    named = [each for each in posts if each.path.rpartition("/")[2].lower() in names]
    endpoint = (named or posts)[0]
    is_reranker = endpoint.path.endswith("rerank")
    return "RERANK" if is_reranker else comp.service_type, part, endpoint
