"""One way of going wrong: what it does to an exchange, where it makes sense, and what should come of it.

A fault is data and pure functions on bytes and messages. A wire, a mock or the gateway carries it out; a file in
`harness/faults/` defines `FAULTS`, a tuple of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from harness.comp import Dialect

Outcome = Literal["same", "slower", "error", "either"]
Action = Literal["pause", "kill", "restart", "starve", "disconnect", "terminate"]


@dataclass(frozen=True, slots=True)
class Target:
    """What a fault wants to know of the hop it is put on; `mode` is how the gateway is asked, `dialect` is set when this hop streams then."""

    node: str
    comp: str
    service_type: str
    path: str
    mode: Literal["stream", "json"] = "json"
    dialect: Dialect | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to one exchange; the default is nothing. Times in milliseconds, counted from the request's arrival.

    `delay_ms` goes before all else: the node is asked that much later. Then one of three ways:
    - `swallow`: never an answer, and the node is not asked;
    - `status`: this answer, with `reply_headers` and `reply_body`, and the node is not asked;
    - the node's true reply, changed: `head` sets headers; `body` rewrites the whole body, which changes nothing and has not fired
      where it gives back what it got; `gather` sends the whole body at once; `slice_bytes` sends it in pieces of so many bytes,
      `slice_ms` apart; `first_event_ms` holds the body back until then.
    A true reply may end early: after so many bytes of its body by a reset (`reset_after_bytes`; -1: not even the head) or by an end
    of the connection (`cut_after_bytes`), in any case before its last byte; after so many content events of a stream by an end of the
    connection (`cut_after_events`) or by silence (`stall_after_events`).
    """

    delay_ms: float = 0.0
    swallow: bool = False
    status: int = 0
    reply_headers: Mapping[str, str] = field(default_factory=dict)
    reply_body: bytes = b""
    head: Mapping[str, str] = field(default_factory=dict)
    body: Callable[[bytes], bytes] | None = None
    gather: bool = False
    slice_bytes: int = 0
    slice_ms: float = 0.0
    reset_after_bytes: int | None = None
    cut_after_bytes: int | None = None
    cut_after_events: int | None = None
    stall_after_events: int | None = None
    first_event_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Expected:
    """What a correct megaservice makes of the fault, as its caller sees it.

    "same": the un-faulted answer. "slower": the same answer, at least `slower_ms` later. "error": an error that names the node,
    with one of `statuses` (before the first byte) and `kinds` (problem+json), or an error event in a stream that had begun.
    "either": the right answer or such an error, never a wrong answer as success.
    """

    outcome: Outcome
    statuses: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    slower_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Fault:
    """A named way of going wrong; the name carries its settings (`latency-300ms`).

    `unfit(target)` says why the fault makes no sense there, or None. `down` faults have no effect on an exchange: the wire
    stops listening, and the witness is that a connection to it was refused. `control` faults do nothing, and must be seen to do
    nothing: their counter stays 0. `default` faults are those of a plain run.

    An `action` is done to the container in which the node runs, and has no effect on an exchange either: the witness is what the
    engine says of it. It is done before the question is asked, or, with `amid_stream`, once the answer has begun; what takes its time
    ("restart") is asked under all the while. Where no node runs in a container there is no such fault. "terminate" is done to the
    gateway, of which another is started then.
    """

    name: str
    says: str
    effect: Effect
    expected: Expected
    unfit: Callable[[Target], str | None] = lambda _target: None
    down: bool = False
    control: bool = False
    default: bool = False
    action: Action | None = None
    amid_stream: bool = False
