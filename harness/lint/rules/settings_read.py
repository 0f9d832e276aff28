"""Variables that a megaservice reads and nobody gives, and those that it is given and does not read."""

from collections.abc import Iterator
from itertools import islice

from harness.lint.compose import Service
from harness.lint.finding import Found, Rule
from harness.lint.graph import Graph, Node
from harness.lint.megaservice import Megaservice
from harness.lint.sources import Sources
from harness.lint.wiring import LOOPBACK, backend

# What Python, its libraries, proxies and opea-comps read for themselves.
_FOREIGN = (
    "PYTHON",
    "HF_",
    "HUGGINGFACE",
    "HUGGING_FACE",
    "TRANSFORMERS_",
    "OTEL_",
    "UVICORN_",
    "OMP_",
    "LC_",
    "ENABLE_",
)
_FOREIGN_NAMES = {"TZ", "LANG", "PATH", "HOME", "LOGFLAG", "TELEMETRY_ENDPOINT", "LOG_LEVEL"}
# What a container starts before the megaservice, or together with it.
_BESIDE = ("*.sh", "*.py", "Dockerfile*")
_BUILT = 300  # Files of an image's own folder that are looked at: enough for any example, and a limit.


def _pairs(sources: Sources) -> Iterator[tuple[Megaservice, Service]]:
    """Each megaservice and the service that runs it."""
    for megaservice in sources.megaservices if sources.compose else ():
        if sources.compose and (service := backend(sources.compose, megaservice)):
            yield megaservice, service


def _not_given(sources: Sources) -> Iterator[Found]:
    for megaservice, service in _pairs(sources):
        for read in megaservice.reads:
            if not read.falls_back and not service.gives(read.variable):
                lack = "fails without it" if read.must else "gets None for it"
                yield Found(
                    read.spot,
                    f"reads {read.variable} and {lack}; service {service.name} does not give it",
                    f"Give {read.variable} in the environment of {service.name} ({service.spot}), or a default here",
                )
        yield from _hosts_not_given(megaservice, service)


def _hosts_not_given(megaservice: Megaservice, service: Service) -> Iterator[Found]:
    """Nodes that would be looked for in the megaservice's own container, in the graph that lacks least."""
    lacking = [_lacking(graph, service) for graph in megaservice.graphs]
    for node in min(lacking, key=len, default=[]):
        yield Found(
            node.spot,
            f"node {node.name or node.key} is looked for at {node.host.text}, which is the megaservice's own container: "
            f"service {service.name} does not give {node.host.variable}",
            f"Give {node.host.variable} in the environment of {service.name} ({service.spot})",
        )


def _lacking(graph: Graph, service: Service) -> list[Node]:
    if service.is_on_host:
        return []
    return [
        node
        for node in graph.members
        if node.host.variable and node.host.text in LOOPBACK and not service.gives(node.host.variable)
    ]


def _not_read(sources: Sources) -> Iterator[Found]:
    for megaservice, service in _pairs(sources):
        if megaservice.reads_all:
            continue
        beside = _beside(megaservice, service)
        for variable in service.environment:
            if variable in megaservice.variables or _is_foreign(variable) or variable in beside:
                continue
            yield Found(
                service.place(variable),
                f"service {service.name} is given {variable}, which {megaservice.program.file} does not read",
            )


def _is_foreign(variable: str) -> bool:
    return variable.startswith(_FOREIGN) or variable in _FOREIGN_NAMES or variable.lower().endswith("_proxy")


def _beside(megaservice: Megaservice, service: Service) -> str:
    """The text of the files that lie beside the megaservice's, and of those that lie where its image is built."""
    own = megaservice.program.path
    paths = [path for pattern in _BESIDE for path in sorted(own.parent.glob(pattern))]
    if service.built_in is not None:
        paths += islice(service.built_in.rglob("*.py"), _BUILT)
    return "\n".join(
        path.read_text(encoding="utf-8", errors="replace") for path in paths if path != own and path.is_file()
    )


RULES = (
    Rule(
        "variable-not-given",
        "The megaservice does not start, or calls its own container in place of the node.",
        "Give the variable in the compose file",
        _not_given,
    ),
    Rule(
        "variable-not-read",
        "The setting does nothing: whoever changes it believes that something changed.",
        "Take it out, or spell it as the megaservice reads it",
        _not_read,
    ),
)
