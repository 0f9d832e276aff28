"""A stream as its reader sees it: the text, when each piece came, and whether it is whole."""

from collections.abc import Mapping
from typing import Any, Literal

from harness.sse.decode import Delta, error_of
from harness.sse.dialects import DIALECTS, DialectName
from harness.sse.events import LIMITS, Event, Limits, Malformed

Outcome = Literal["whole", "error", "malformed", "incomplete", "open"]


class TextStream:
    """Reads one stream of text in one dialect; knows at every moment what came, when, and what is missing.

    `content_ns` holds the moment of each event with non-empty text, as it was given with the chunk; events that
    only say a role, or nothing, are no content. What follows the end mark is counted in `after_end`, not read.
    """

    __slots__ = (
        "_decoder", "_parser", "_texts", "after_end", "content_ns", "dialect", "error", "event_count", "finish_reason",
        "finished", "is_ended", "malformed", "usage",
    )  # fmt: skip

    def __init__(self, dialect: DialectName, limits: Limits = LIMITS) -> None:
        self.dialect = DIALECTS[dialect]
        self._parser = self.dialect.parser(limits)
        self._decoder = self.dialect.decoder()
        self._texts: list[str] = []
        self.content_ns: list[int] = []
        self.event_count = 0
        self.after_end = 0
        self.finish_reason: str | None = None
        self.usage: Mapping[str, Any] | None = None
        self.error: str | None = None
        self.malformed: list[Malformed] = []
        self.is_ended = False
        self.finished = False

    @property
    def text(self) -> str:
        """All text so far."""
        return "".join(self._texts)

    @property
    def tokens(self) -> int:
        """Events with text so far; one event is one token only if the server sends them singly."""
        return len(self.content_ns)

    @property
    def outcome(self) -> Outcome:
        """`whole` only with the dialect's end mark, its finish_reason, no error and nothing malformed."""
        if self.error is not None:
            return "error"
        if self.malformed:
            return "malformed"
        if self.is_ended and (self.finish_reason is not None or not self.dialect.tells_finish):
            return "whole"
        return "incomplete" if self.finished or self.is_ended else "open"

    @property
    def why(self) -> str | None:
        """Why the stream is not whole, in a sentence; None if it is, or if it is still open."""
        match self.outcome:
            case "error":
                return f"the server sent an error after {self.tokens} tokens: {self.error}"
            case "malformed":
                return str(self.malformed[0])
            case "incomplete":
                missing = "finish_reason" if self.is_ended else f"end mark ({self.dialect.end_mark})"
                return f"the stream ended without its {missing}, after {self.event_count} events, {self.tokens} with text"
            case _:
                return None

    def feed(self, received_ns: int, chunk: bytes) -> list[Delta]:
        """What this chunk says, event by event; `received_ns` is stamped on the events that it completes."""
        take = self._take
        return [
            delta for event in self._parser.feed(received_ns, chunk) if (delta := take(event)) is not None
        ]

    def finish(self, ended_ns: int, *, is_clean: bool = True) -> list[Delta]:
        """The body ended: says what was left in pieces. Not `is_clean` means that the connection was cut."""
        deltas = [
            delta for event in self._parser.finish(ended_ns) if (delta := self._take(event)) is not None
        ]
        left = self._decoder.finish()
        if left:
            self.malformed.append(Malformed(left, self.event_count, 0))
        if self.dialect.name == "raw_text" and is_clean:
            self.is_ended = True
        self.finished = True
        return deltas

    def _take(self, event: Event) -> Delta | None:
        if self.is_ended:
            self.after_end += 1
            return None
        self.event_count += 1
        delta = self._read(event)
        if delta.text:
            self._texts.append(delta.text)
            self.content_ns.append(event.received_ns)
        if delta.finish_reason is not None:
            self.finish_reason = delta.finish_reason
        if delta.usage is not None:
            self.usage = delta.usage
        if delta.malformed is not None:
            self.malformed.append(delta.malformed)
        if delta.error is not None and self.error is None:
            self.error = delta.error
        self.is_ended = delta.is_end
        return delta

    def _read(self, event: Event) -> Delta:
        if event.malformed is not None:
            text = self._decoder.decode(event).text if event.data else ""
            return Delta(event, text, malformed=event.malformed)
        if event.name == "error":
            return Delta(event, error=error_of(event.data))
        return self._decoder.decode(event)
