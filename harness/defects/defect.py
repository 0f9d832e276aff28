"""A defect as data: graphs of raw nodes, what is asked of a megaservice of them, and what its caller should see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.defects.behaviour import Behaviour
from harness.defects.witness import Witness
from harness.history import Mode

LLM = "LLM"
NEAR, FAR = "127.0.0.1", "127.0.0.2"  # A proxy is passed by for the one and not for the other.


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a graph; `after` may name one that is not in the graph."""

    name: str
    behaviour: Behaviour
    after: tuple[str, ...] = ()
    service_type: str = "UNDEFINED"
    api_key: str = ""
    host: str = NEAR


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to the megaservice, by default a POST to the case's own route.

    It is sent `after_s` later, given up after `limit_s`, and one that `leaves` goes when the first bytes are there.
    """

    body: Mapping[str, Any] = field(default_factory=dict)
    method: str = "POST"
    path: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    after_s: float = 0.0
    limit_s: float = 4.0
    leaves: bool = False


JSON = Ask({"text": "hello", "stream": False})
STREAM = Ask({"text": "hello", "stream": True})


@dataclass(frozen=True, slots=True)
class Expectation:
    """What should be seen; `saw` says in words what was: by default the answers."""

    should: str
    met: Callable[[Witness], bool]
    saw: Callable[[Witness], str] = lambda witness: witness.told


@dataclass(frozen=True, slots=True)
class Setting:
    """How the megaservice of a case is written.

    `align_inputs` and `align_generator` are hooks; `is_model` gives `schedule` a ChatCompletionRequest in place of a dictionary,
    and `is_bare` leaves its LLM parameters out. With `is_yaml` the graph stands in a YAML file.
    """

    align_inputs: Callable[..., Any] | None = None
    align_generator: Callable[..., Any] | None = None
    is_model: bool = False
    is_bare: bool = False
    is_yaml: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One way in which a defect shows: what happens (`says`) at a node. `asks` are sent in turn, or `at_once`.

    With `counts` the metrics are read before and after, with `traced` the spans of the requests.
    """

    slug: str
    says: str
    node: str
    nodes: tuple[Node, ...]
    asks: tuple[Ask, ...]
    expects: Expectation
    setting: Setting = field(default_factory=Setting)
    at_once: bool = False
    counts: bool = False
    traced: bool = False

    @property
    def mode(self) -> Mode:
        """How its callers want their answers."""
        return "stream" if any(ask.body.get("stream") for ask in self.asks) else "json"


@dataclass(frozen=True, slots=True)
class Defect:
    """One of the numbered defects: what OPEA's orchestrator does, and the cases that show it."""

    number: int
    says: str
    cases: tuple[Case, ...]

    def name(self, case: Case) -> str:
        """`defect.02.status-503`, the id of a case's verdict."""
        return f"defect.{self.number:02}.{case.slug}"
