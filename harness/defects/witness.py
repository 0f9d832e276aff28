"""What was seen of one case: by its caller, by its nodes, and in the gateway's own figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from harness.sse import TextStream, detect
from harness.traces.span import Span

SAMPLE_CHARACTERS = 80


@dataclass(slots=True)
class Call:
    """A request that a node got; `written` are the pieces of a stream that it took, `is_left` says that it went before the end."""

    node: str
    headers: Mapping[str, str]
    body: Any
    is_proxied: bool = False
    written: int = 0
    is_left: bool = False
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller got; `error` is the kind of failure of a reply that is not whole, `took_s` the time to its end."""

    status: int
    content_type: str = ""
    body: bytes = b""
    error: str = ""
    took_s: float = 0.0

    @property
    def json(self) -> Any:
        """The body as JSON, or None."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None

    @property
    def is_stream(self) -> bool:
        """Whether it is a stream of events."""
        return self.content_type.startswith("text/event-stream")

    @property
    def stream(self) -> TextStream:
        """The stream, read to its end."""
        read = TextStream(detect(self.content_type, self.body) or "py_bytes")
        read.feed(0, self.body)
        read.finish(1, is_clean=not self.error)
        return read

    @property
    def problem(self) -> Mapping[str, Any]:
        """The problem+json of a failure, as the body or as a stream's error event; empty where there is none."""
        if self.content_type.startswith("application/problem+json"):
            return self.json or {}
        if self.is_stream and b"event: error" in self.body:
            said = self.body.rpartition(b"event: error")[2].partition(b"data: ")[2].partition(b"\n")[0]
            return Answer(self.status, body=said).json or {}
        return {}

    @property
    def told(self) -> str:
        """The answer in a few words."""
        if not self.status:
            return f"no answer within {self.took_s:.1f} s ({self.error})"
        parts = [str(self.status)]
        if self.is_stream:
            parts.append(repr(self.stream.text[:SAMPLE_CHARACTERS]) if self.stream.text else "nothing in it")
        elif not self.problem:
            parts.append(self.body[:SAMPLE_CHARACTERS].decode(errors="replace") or "nothing in it")
        if self.problem:
            parts.append(f"an error of node {self.problem.get('node')} ({self.problem.get('kind')})")
        elif self.error:
            parts.append(f"then broken off ({self.error})")
        elif self.is_stream and not self.stream.is_ended:
            parts.append("no end mark")
        return ", ".join(parts)


@dataclass(slots=True)
class Witness:
    """All that was seen of one case; `refused` says why its graph could not be built, `downstream` the order of nodes behind each.

    `said` is what the engine's process wrote meanwhile.
    """

    answers: list[Answer] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    before: Mapping[str, float] = field(default_factory=dict)
    after: Mapping[str, float] = field(default_factory=dict)
    refused: str = ""
    downstream: Mapping[str, list[str]] = field(default_factory=dict)
    spans: Sequence[Span] = ()
    said: str = ""

    @property
    def told(self) -> str:
        """The answers in a few words."""
        return "; then ".join(answer.told for answer in self.answers)

    def called(self, node: str) -> list[Call]:
        """The requests that a node got."""
        return [call for call in self.calls if call.node == node]

    def gained(self, name: str) -> float:
        """By how much a metric rose."""
        return self.after.get(name, 0.0) - self.before.get(name, 0.0)
