"""What the gateway's answer says: a refusal, a whole JSON, or a stream in whatever dialect. Pure.

Everything ends up in the `Op`: the text, when each piece of it came, and what was wrong with it.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from harness.history import Op
from harness.sse import Delta, DialectName, TextStream, detect

SAMPLE_CHARACTERS = 300  # Enough of a wrong body to recognise it.
HEAD_BYTES_MAX = 65536  # A stream that has not shown its dialect by then is read in the declared one.
STREAM_TYPES = frozenset({"text/event-stream", "application/x-ndjson", "text/plain"})
SHAPELESS = frozenset({"raw_delta", "raw_text", "agent_lines"})  # They take anything for text, faults too.
FOUND_KEYS = ("documents", "reranked_docs", "retrieved_docs")
ASKED_KEYS = ("query", "initial_query")
TEXT_KEYS = ("text", "generated_text", "response", "answer", "output", "content")


class StreamReader:
    """Reads one stream into its op as chunks come; `declared` is the dialect of a stream that does not show its own.

    A dialect without a shape of its own is only read where it is declared, or where the content type is plain text.
    Chunks that came before the dialect was known keep the times at which they came.
    """

    __slots__ = ("_declared", "_op", "_stream", "_waiting")

    def __init__(self, op: Op, declared: DialectName) -> None:
        self._op = op
        self._declared = declared
        self._stream: TextStream | None = None
        self._waiting: list[tuple[int, bytes]] = []

    def feed(self, received_ns: int, chunk: bytes) -> None:
        """Take a chunk that was read at that time."""
        if self._stream is not None:
            self._note(self._stream.feed(received_ns, chunk))
            return
        self._waiting.append((received_ns, chunk))
        dialect = self._detected()
        if dialect is not None:
            self._open(dialect)

    def finish(self, ended_ns: int, *, is_clean: bool) -> None:
        """The body ended, in order or cut off; only one that ended in order is judged."""
        stream = self._stream or self._open(self._declared)
        self._note(stream.finish(ended_ns, is_clean=is_clean))
        self._op.text = stream.text
        self._op.ended = stream.is_ended
        self._op.tokens = _completion_tokens(stream.usage) or stream.tokens
        if is_clean:
            self._op.error, self._op.detail = _verdict(stream)

    def _detected(self) -> DialectName | None:
        head = b"".join(chunk for _, chunk in self._waiting)
        found = detect(self._op.content_type, head)
        if found is None:
            return self._declared if len(head) > HEAD_BYTES_MAX else None
        if found in SHAPELESS and "text/plain" not in self._op.content_type:
            return self._declared
        return found

    def _open(self, dialect: DialectName) -> TextStream:
        self._stream = stream = TextStream(dialect)
        self._op.content_ns = stream.content_ns
        for received_ns, chunk in self._waiting:
            self._note(stream.feed(received_ns, chunk))
        self._waiting.clear()
        return stream

    def _note(self, deltas: list[Delta]) -> None:
        for delta in deltas:
            if delta.error is not None and self._op.problem is None:
                said = _parsed(delta.event.data)
                self._op.problem = said if isinstance(said, dict) else None


def read_json(op: Op, body: bytes) -> None:
    """The text of a whole answer: OpenAI's completion, or one of the simpler shapes that OPEA's services give."""
    answer = _parsed(body)
    if answer is None:
        op.error, op.detail = "malformed", f"the answer is no JSON: {sample(body)}"
        return
    op.ended = True
    op.text = text_of(answer)
    op.tokens = _completion_tokens(answer.get("usage")) if isinstance(answer, dict) else 0
    if not op.text:
        op.error, op.detail = "empty", f"the answer holds no text: {sample(body)}"


def read_refusal(op: Op, body: bytes) -> None:
    """An answer with a status other than 200, and its problem+json if it has one."""
    said = _parsed(body)
    if isinstance(said, dict):
        op.problem = said
    op.error, op.detail = "status", f"the gateway answered {op.status}: {sample(body)}"


def text_of(answer: Any) -> str:
    """The text in an answer's JSON; empty if there is none where it may stand."""
    if isinstance(answer, str):
        return answer
    if isinstance(answer, list):
        return text_of(answer[0]) if answer else ""
    if not isinstance(answer, dict):
        return ""
    for key in ("choices", "message"):
        if answer.get(key):
            return text_of(answer[key])
    said = next((answer[key] for key in TEXT_KEYS if isinstance(answer.get(key), str)), "")
    return said or _documents(answer)


def _documents(answer: Mapping[str, Any]) -> str:
    """What a search found, below the question that it says it searched for; empty where it found nothing."""
    rows: list[Any] = next((answer[key] for key in FOUND_KEYS if isinstance(answer.get(key), list)), [])
    texts = [text_of(each) for each in rows]
    asked = next((answer[key] for key in ASKED_KEYS if isinstance(answer.get(key), str)), "")
    return "\n".join((asked, *texts)).strip() if any(texts) else ""


def sample(body: bytes) -> str:
    """The beginning of a body, for a message."""
    text = body.decode(errors="replace")
    return text if len(text) <= SAMPLE_CHARACTERS else f"{text[:SAMPLE_CHARACTERS]}..."


def _verdict(stream: TextStream) -> tuple[str, str]:
    """The class of failure of a stream that ended in order, and its words; both empty for a whole one."""
    match stream.outcome:
        case "error":
            return "error_event", stream.why or ""
        case "malformed" | "incomplete" as outcome:
            return outcome, stream.why or ""
    if stream.after_end:
        return "malformed", f"{stream.after_end} events came after the end mark ({stream.dialect.end_mark})"
    return ("", "") if stream.text else ("empty", f"{stream.event_count} events came, and no text in them")


def _completion_tokens(usage: Any) -> int:
    count = usage.get("completion_tokens") if isinstance(usage, dict) else None
    return count if isinstance(count, int) else 0


def _parsed(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
