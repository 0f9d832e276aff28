"""Events out of bytes: server-sent events, one line each, or one chunk each.

Nothing raises here. What is not as it should be comes as an event that says so, in its place among the others.
"""

from dataclasses import dataclass
from typing import Protocol

from harness.sse.lines import SAMPLE_BYTES, Line, LineSplitter

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is still read; a longer line or event is reported as malformed and passed over."""

    line_bytes_max: int = 2**20
    event_bytes_max: int = 4 * 2**20


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Malformed:
    """What is wrong with an event: `index` counts events from 0, `offset` is its first byte in the stream."""

    why: str
    index: int
    offset: int
    sample: bytes = b""

    def __str__(self) -> str:
        return f"event {self.index} at byte {self.offset}: {self.why}, seen {self.sample!r}"


@dataclass(slots=True)  # Not frozen: one is made for every token, and freezing triples its cost.
class Event:
    """One event; it is complete with the chunk that came at `received_ns`.

    The bytes `offset` to `end` of the stream are the event with its framing, so a stream can be cut after it.
    """

    index: int
    offset: int
    end: int
    received_ns: int
    data: bytes
    name: str = "message"
    id: str | None = None
    retry_ms: int | None = None
    malformed: Malformed | None = None


class Parser(Protocol):
    """Makes events of bytes."""

    def feed(self, received_ns: int, chunk: bytes) -> list[Event]:
        """The events that this chunk completes."""

    def finish(self, ended_ns: int) -> list[Event]:
        """The event that the end of the stream completes, or leaves in pieces."""


class EventParser:
    """Server-sent events, as WHATWG defines them; comments and blocks without data are passed over.

    Stricter than the definition in one thing: a line that is no field is reported, for in a stream of text it
    is text that got lost.
    """

    __slots__ = (
        "_begin",
        "_data",
        "_data_bytes",
        "_id",
        "_index",
        "_limits",
        "_lines",
        "_name",
        "_retry_ms",
        "_wrong",
    )

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._lines = LineSplitter(limits.line_bytes_max)
        self._index = 0
        self._begin = -1
        self._wrong: tuple[str, bytes] | None = None
        self._reset()

    def feed(self, received_ns: int, chunk: bytes) -> list[Event]:
        """The events that this chunk completes."""
        events = []
        for offset, end, content, is_cut in self._lines.feed(chunk):
            if self._begin < 0:
                self._begin = offset
            if not offset and content.startswith(BOM):
                content = content[len(BOM) :]  # noqa: PLW2901 - The mark is no part of the line.
            if content:
                if is_cut:
                    self._is_wrong(f"the line is longer than {self._limits.line_bytes_max} bytes", content)
                else:
                    self._field(content)
            else:
                if self._data or self._wrong:
                    events.append(self._event(end, received_ns))
                self._reset()
        return events

    def finish(self, ended_ns: int) -> list[Event]:
        """An event that began and did not end, as malformed; the definition would drop it unseen."""
        line, ended = self._lines.finish(), self._lines.position
        if line is not None and not line[2].startswith(b":"):
            self._data.append(line[2])
            self._begin = line[0] if self._begin < 0 else self._begin
        if not self._data and not self._wrong:
            return []
        sample = b"\n".join(self._data)[:SAMPLE_BYTES]
        self._data.clear()
        self._wrong = ("the stream ended before the blank line that ends the event", sample)
        return [self._event(ended, ended_ns)]

    def _reset(self) -> None:
        self._begin = -1  # Known with the next line.
        self._data: list[bytes] = []
        self._data_bytes = 0
        self._name = "message"
        self._id: str | None = None
        self._retry_ms: int | None = None
        self._wrong = None

    def _event(self, end: int, received_ns: int) -> Event:
        index, malformed = self._index, None
        self._index += 1
        if self._wrong:
            malformed = Malformed(self._wrong[0], index, self._begin, self._wrong[1])
        data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
        return Event(
            index, self._begin, end, received_ns, data, self._name, self._id, self._retry_ms, malformed
        )

    def _field(self, content: bytes) -> None:
        if content.startswith(b"data:"):
            return self._add(content[6:] if content.startswith(b"data: ") else content[5:])
        field, _, value = content.partition(b":")
        value = value.removeprefix(b" ")
        match field:
            case b"":
                return None  # A comment.
            case b"data":
                self._add(b"")
            case b"event":
                self._name = value.decode(errors="replace") or "message"
            case b"id":
                self._id = value.decode(errors="replace")
            case b"retry":
                self._retry_ms = int(value) if value.isdigit() else None
            case _:
                self._is_wrong("the line is no field of a server-sent event", content)
        return None

    def _add(self, value: bytes) -> None:
        self._data_bytes += len(value)
        if self._data_bytes > self._limits.event_bytes_max:
            self._is_wrong(f"the event is longer than {self._limits.event_bytes_max} bytes", value)
            self._data.clear()
        else:
            self._data.append(value)

    def _is_wrong(self, why: str, content: bytes) -> None:
        self._wrong = self._wrong or (why, content[:SAMPLE_BYTES])


class LineParser:
    """One event a line (JSON lines, an agent's log); blank lines are passed over."""

    __slots__ = ("_index", "_limits", "_lines")

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._lines = LineSplitter(limits.line_bytes_max)
        self._index = 0

    def feed(self, received_ns: int, chunk: bytes) -> list[Event]:
        """The lines that this chunk completes."""
        return [self._event(line, received_ns) for line in self._lines.feed(chunk) if line[2]]

    def finish(self, ended_ns: int) -> list[Event]:
        """The last line; that it does not end in a newline is no fault."""
        line = self._lines.finish()
        return [self._event(line, ended_ns)] if line and line[2] else []

    def _event(self, line: Line, received_ns: int) -> Event:
        index, malformed = self._index, None
        offset, end, data, is_cut = line
        self._index += 1
        if is_cut:
            why = f"the line is longer than {self._limits.line_bytes_max} bytes"
            malformed, data = Malformed(why, index, offset, data), b""
        return Event(index, offset, end, received_ns, data, malformed=malformed)


class ChunkParser:
    """One event a chunk: a stream without framing."""

    __slots__ = ("_end", "_index")

    def __init__(self, limits: Limits = LIMITS) -> None:
        del limits  # A chunk is as long as the socket gave it.
        self._end = 0
        self._index = 0

    def feed(self, received_ns: int, chunk: bytes) -> list[Event]:
        """One event, if there is anything in the chunk."""
        if not chunk:
            return []
        event = Event(self._index, self._end, self._end + len(chunk), received_ns, chunk)
        self._index, self._end = event.index + 1, event.end
        return [event]

    def finish(self, ended_ns: int) -> list[Event]:  # noqa: ARG002 - The seam's shape.
        """Nothing: the end of the stream leaves no chunk behind."""
        return []
