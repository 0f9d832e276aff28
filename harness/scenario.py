"""A scenario: a megaservice, what to ask it, what must hold, and when it is good enough."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.history import Mode
from harness.megaservice import Megaservice
from harness.service import Composition


@dataclass(frozen=True, slots=True)
class Document:
    """A text that dataprep ingests before the first question; `id` is its file name.

    Where there are `media`, by the name of their file, the text is what is said of them, and goes in beside them.
    """

    id: str
    text: str
    media: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """A labelled question.

    `answer` are strings that a right answer holds (all of them, case folded); none of `sources` (document ids) is needed when
    `answerable` is False: then a right answer says that it does not know. `blocked` questions must never reach the LLM.
    """

    id: str
    text: str
    answer: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    answerable: bool = True
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Objectives:
    """Service level objectives; a request is good if it meets all that are set. Milliseconds, from the intended start."""

    ttft_ms: float | None = None
    itl_ms_mean: float | None = None
    response_ms: float | None = None
    good_share: float = 0.99
    recall_at_k: float = 1.0
    mrr: float = 0.9
    answer_share: float = 1.0


@dataclass(frozen=True, slots=True)
class Latency:
    """How a mock takes its time, in milliseconds; `spread` is the sigma of a lognormal around the value, 0 for constant.

    `load_factor` multiplies the time by `1 + load_factor * (requests in flight - 1)`.
    """

    first_ms: float = 0.0
    token_ms: float = 0.0
    spread: float = 0.0
    load_factor: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is asked of one megaservice.

    `ask(question, stream)` makes the request's JSON. `latency` gives each node's mock its time. `retriever` names the node whose
    reply lists documents, for recall and MRR: `ranked(reply)` gives document ids, best first. `modes` are the ways to be asked
    that the megaservice has: for a whole answer, for a stream. `fits` rewrites, by node, the requests of a contract's examples for what
    stands there: its model's name, vectors of its length. `composition` is what raises nodes of it in containers; then `real_of`
    names the scenario whose like it asks of them. So many requests are made at the same moment as there are `nonces`. To the nodes
    that are `unasked` no question leads, as was found out by asking.
    """

    name: str
    says: str
    megaservice: Megaservice
    questions: tuple[Question, ...]
    documents: tuple[Document, ...] = ()
    ask: Callable[[str, bool], dict[str, Any]] = lambda text, stream: {"messages": text, "stream": stream}
    objectives: Objectives = field(default_factory=Objectives)
    latency: Mapping[str, Latency] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    retriever: str = ""
    ranked: Callable[[Any], tuple[str, ...]] = lambda _reply: ()
    rate_per_s: float = 10.0
    duration_s: float = 10.0
    modes: tuple[Mode, ...] = ("json", "stream")
    fits: Mapping[str, Callable[[object], object]] = field(default_factory=dict)
    composition: Composition | None = None
    real_of: str = ""
    nonces: int = 200
    unasked: tuple[str, ...] = ()
