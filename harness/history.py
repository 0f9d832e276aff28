"""What was asked of the gateway and what came back (`Op`), and what crossed each hop (`Exchange`).

Both are written as JSON lines while the run goes on, so that a crash loses at most the line being written.
All times are `time.monotonic_ns()`, which every process of one machine shares; 0 means that it did not happen.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, TypeVar

import orjson

from harness.errors import UsageError

Part = Literal["correctness", "chaos", "load", "calm", "warm_up", "ask"]
Mode = Literal["stream", "json"]
FAILURE_CHARS_MAX = 200


@dataclass(slots=True)
class Op:
    """One request to the gateway and all that is known of its answer.

    `cell` names the fault cell it belongs to (`embedding/status-500`), or is empty. `text` is the answer's text, `ended` says whether
    the stream's own end mark was seen, `problem` is the problem+json of a failure. `error` is a class of failure on the client's side
    (`refused`, `reset`, `truncated`, `idle_timeout`, `status`, `error_event`, `incomplete`, ...), or empty.
    """

    id: str
    part: Part
    question: str
    mode: Mode
    trace_id: str = ""
    cell: str = ""
    scheduled_ns: int = 0
    sent_ns: int = 0
    first_byte_ns: int = 0
    ended_ns: int = 0
    content_ns: list[int] = field(default_factory=list)
    status: int = 0
    content_type: str = ""
    text: str = ""
    ended: bool = False
    tokens: int = 0
    error: str = ""
    detail: str = ""
    problem: dict[str, Any] | None = None

    @property
    def ok(self) -> bool:
        """Answered with 200 and a whole, non-empty text."""
        return self.status == 200 and not self.error and bool(self.text)

    @property
    def failure(self) -> str:
        """How it failed, in words for people, with the node where one is named; empty where it did not."""
        if self.ok:
            return ""
        told = self.problem or {}
        words = f"{self.error or self.status} {self.detail}".strip()
        if told.get("node"):
            words = f"{self.status}, node {told['node']} failed: {told.get('kind')}, {told.get('detail')}"
        return words if len(words) <= FAILURE_CHARS_MAX else f"{words[: FAILURE_CHARS_MAX - 1]}…"

    @property
    def late_node(self) -> str:
        """The node that did not answer within its limit, as the gateway says; empty where it says no such thing."""
        told = self.problem or {}
        return str(told.get("node") or "") if str(told.get("kind")).endswith("_timeout") else ""

    @property
    def arrived(self) -> bool:
        """Sent, and not refused a connection: only then can whoever was asked know of it."""
        return bool(self.sent_ns) and self.error != "refused"


@dataclass(slots=True)
class Exchange:
    """One request and reply as a node's wire (or a mock itself) saw them.

    `seq` counts up within one journal. `request` and `reply` are at most `keep_bytes` of each body as text (`surrogateescape`
    replaced), `request_bytes` and `reply_bytes` their full sizes. `fault` is the fault that acted, or empty. `error` is what went
    wrong between wire and node (`refused`, `reset`, `client_left`, ...). `content_ns` are the times of content events of a stream.
    """

    seq: int
    node: str
    method: str
    path: str
    trace_id: str = ""
    fault: str = ""
    began_ns: int = 0
    forwarded_ns: int = 0
    first_byte_ns: int = 0
    ended_ns: int = 0
    content_ns: list[int] = field(default_factory=list)
    status: int = 0
    content_type: str = ""
    request: str = ""
    reply: str = ""
    request_bytes: int = 0
    reply_bytes: int = 0
    error: str = ""


Record = TypeVar("Record", Op, Exchange)
Read = TypeVar("Read")


def as_line(record: Op | Exchange) -> bytes:
    """The record as one JSON line."""
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def from_json(kind: type[Record], document: dict[str, Any]) -> Record:
    """The record that a JSON object describes; fields of later versions are passed over."""
    known = {each.name for each in fields(kind)}
    return kind(**{name: value for name, value in document.items() if name in known})


def read_lines(kind: type[Record], path: Path) -> Iterator[Record]:
    """The records of a file, oldest first; a last line cut short by a crash is passed over, a missing file is empty.

    Raises UsageError for a damaged line.
    """
    if not path.exists():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.endswith(b"\n"):
                yield read_line(line, f"{path}:{number}", lambda document: from_json(kind, document))


def read_line(line: bytes, where: str, made: Callable[[dict[str, Any]], Read]) -> Read:
    """What is made of one JSON line; raises UsageError that names the place of a damaged one."""
    try:
        return made(orjson.loads(line))
    except (orjson.JSONDecodeError, TypeError, AttributeError) as error:
        raise UsageError(f"{where}: cannot be read: {error}; it is written by `opea-harness run`") from error
