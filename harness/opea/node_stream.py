"""A node's stream: its events whatever the chunks, its true end, or the problem it ends in."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from time import monotonic_ns
from typing import Any, Self

from harness.client import ClientError, Streaming
from harness.opea.attempt import Attempt, Caller
from harness.opea.hop import Hop
from harness.opea.payload import EVENT_STREAM, STREAMS, BadReplyError, decode, is_json, media_type
from harness.opea.problems import Problem, shown
from harness.sse import Delta, Dialect, DialectName, EventParser, LineParser, TextStream, detect

NDJSON = "application/x-ndjson"
ACCEPT = f"{EVENT_STREAM}, {NDJSON}, application/json"
BOM = b"\xef\xbb\xbf"
BEGINNINGS = (
    BOM, b":", b"data:", b"event:", b"id:", b"retry:", b"{", b"--- CALL ", b"Calling Tool: ", b"Tool Result: ",
)  # fmt: skip
HEAD_BYTES_MAX = 64 * 2**10  # What is held at most to find out a dialect, and until something is said.
ERROR_BYTES_MAX = 2**20
ENDS_OF_NOTHING = frozenset({None, "stop", "load", "unload"})  # Ollama loads a model in place of an answer.
REST_LIMIT_S = 0.2  # What a node may take to close its reply after its end mark.


class NodeStream:
    """An asynchronous iterator of a stream's deltas; it must be closed.

    It ends only after the dialect's own end; a stream that breaks raises `Problem`, after all that came before.
    A node that was told not to stream and answers with JSON gives `body` and no deltas.
    """

    def __init__(self, caller: Caller, hop: Hop, number: int = 1) -> None:
        self._caller = caller
        self._hop = hop
        self._attempt = Attempt(caller, hop, number)
        self._streaming: Streaming | None = None
        self._ready: deque[Delta] = deque()
        self._read: TextStream | None = None
        self._held = b""
        self._problem: Problem | None = None
        self._over = False
        self._said = False
        self._unsaid_bytes = 0
        self._content_type = ""
        self.body: bytes | None = None

    @property
    def dialect(self) -> Dialect:
        """The dialect that was declared or found out."""
        assert self._read is not None
        return self._read.dialect

    @property
    def may_be_silent(self) -> bool:
        """Whether it finished for a reason other than that it had no more to say: a tool is called, or the length is reached."""
        return self._read is not None and self._read.finish_reason not in ENDS_OF_NOTHING

    async def open(self, inputs: Any, body: bytes) -> Self:
        """Send the request and wait until something is said, so that a failure before it can still be told by status."""
        url = self._hop.url(inputs)
        self._attempt.note("url.full", url)
        headers = self._hop.headers(self._attempt.trace, ACCEPT)
        try:
            streaming = self._caller.client.stream(
                "POST", url, headers=headers, body=body, limits=self._attempt.limits
            )
            self._streaming = await streaming.__aenter__()
            await self._accept(self._streaming, inputs)
            while not (self._over or self._said or self._unsaid_bytes > HEAD_BYTES_MAX):
                await self._receive()
        except ClientError as error:
            self._fail(self._attempt.broken(error))
        except BaseException:
            await self.close()
            raise
        if self._problem is not None and not self._said:
            await self.close()
            raise self._problem
        return self

    def __aiter__(self) -> AsyncIterator[Delta]:
        return self

    async def __anext__(self) -> Delta:
        while not self._ready:
            if self._problem is not None:
                raise self._problem
            if self._over:
                raise StopAsyncIteration
            await self._receive()
        return self._ready.popleft()

    async def close(self) -> None:
        """End it; one that is not over is cut, and the node sees that at once."""
        streaming, self._streaming = self._streaming, None
        try:
            if not self._over:
                self._over = True
                self._attempt.left()
            elif streaming is not None and self._problem is None:
                await _rest(streaming)
        finally:
            if streaming is not None:
                await streaming.__aexit__()

    async def _accept(self, streaming: Streaming, inputs: Any) -> None:
        """Refuse an error status, and what is no stream."""
        status, headers = streaming.status, streaming.headers
        self._content_type = media = media_type(headers.get("content-type"))
        if not 200 <= status < 300:
            body = await streaming.read(ERROR_BYTES_MAX)
            self._fail(self._attempt.refused(status, body, headers.get("retry-after"), inputs))
        elif media not in STREAMS:
            await self._whole(streaming, inputs)
        elif self._hop.policy.dialect is not None:
            self._begin(self._hop.policy.dialect)

    async def _whole(self, streaming: Streaming, inputs: Any) -> None:
        """A JSON reply is right if that was asked for; anything else that is no stream is not."""
        media, body = self._content_type, await streaming.read()
        actual = f"{media or 'no content type'}: {shown(body)}"
        error = BadReplyError("bad_content_type", f"a stream ({EVENT_STREAM})", actual)
        if is_json(media) and isinstance(inputs, dict) and inputs.get("stream") is False:
            try:
                decode(media, body)
                self.body = body
                self._end(streaming.ended_ns)
            except BadReplyError as unread:
                error = unread
            else:
                return
        self._fail(self._attempt.unreadable(error, streaming.status))

    async def _receive(self) -> None:
        """Take one read of the socket, or the end of the stream."""
        assert self._streaming is not None
        try:
            received_ns, data = await anext(self._streaming)
        except StopAsyncIteration:
            self._finish(monotonic_ns())
        except ClientError as error:
            self._fail(self._attempt.broken(error))
        else:
            self._take(received_ns, data)

    def _take(self, received_ns: int, data: bytes) -> None:
        if not self._said:
            self._unsaid_bytes += len(data)
        if self._read is None:
            data = self._held = self._held + data
            dialect = _dialect(self._content_type, data)
            if dialect is None and len(data) < HEAD_BYTES_MAX:
                return
            self._begin(dialect or "raw_text")
        assert self._read is not None
        self._hand_on(self._read.feed(received_ns, data))
        if self._read.is_ended and not self._over:
            self._end(received_ns)

    def _begin(self, dialect: DialectName) -> None:
        self._read = TextStream(dialect)
        self._attempt.counts(self._read.content_ns)

    def _hand_on(self, deltas: list[Delta]) -> None:
        """Make deltas ready, up to the first that cannot stand; the end mark only if the stream is whole."""
        assert self._read is not None
        for delta in deltas:
            if delta.malformed is not None or delta.error is not None:
                words = f"an error of the node: {delta.error}" if delta.error else str(delta.malformed)
                self._spoil("bad_event", f"events of the dialect {self.dialect.name}", words)
                return
            self._said = self._said or bool(delta.text or delta.note)
            missing = self._missing() if delta.is_end else None
            if missing is not None:
                self._spoil("incomplete", f"a whole stream of the dialect {self.dialect.name}", missing)
                return
            self._ready.append(delta)

    def _missing(self) -> str | None:
        """Why a stream that has its end mark is not whole, or says nothing; None if neither."""
        assert self._read is not None
        if self._read.outcome != "whole":
            return self._read.why or "something else"
        if self._said or self.may_be_silent:
            return None
        return f"the stream ended after {self._read.event_count} events without any text"

    def _finish(self, ended_ns: int) -> None:
        """The body ended; whether the stream is whole is for its dialect to say."""
        if self._read is None:
            self._begin(detect("text/plain", self._held) or "openai")
            assert self._read is not None
            self._hand_on(self._read.feed(ended_ns, self._held))
        self._hand_on(self._read.finish(ended_ns))
        if self._over:
            return
        missing = self._missing()
        if missing is None:
            self._end(ended_ns)
        else:
            kind = "bad_event" if self._read.outcome in ("malformed", "error") else "incomplete"
            self._spoil(kind, f"the end of a stream of the dialect {self.dialect.name}", missing)

    def _spoil(self, kind: Any, expected: str, actual: str) -> None:
        if not self._over:
            assert self._streaming is not None
            # The mark's own words would make a careless reader take the failure for the end.
            words = actual.replace(f" ({self.dialect.end_mark})", "")
            error = BadReplyError(kind, expected, words)
            self._fail(self._attempt.unreadable(error, self._streaming.status))

    def _fail(self, problem: Problem) -> None:
        self._over = True
        self._problem = self._problem or problem

    def _end(self, ended_ns: int) -> None:
        assert self._streaming is not None
        self._over = True
        self._attempt.answered(self._streaming.status, ended_ns)


async def _rest(streaming: Streaming) -> None:
    """Read what is left after the end mark, so that the connection can serve again."""
    try:
        async with asyncio.timeout(REST_LIMIT_S):
            async for _ in streaming:
                pass
    except (TimeoutError, ClientError):
        return


def _dialect(content_type: str, head: bytes) -> DialectName | None:
    """The dialect of a stream that begins so, or None as long as it may be one or another."""
    begun = head.removeprefix(BOM).lstrip(b"\r\n")
    if b"\n" not in begun and content_type != NDJSON:
        undecided = any(begun.startswith(each[: len(begun)]) for each in BEGINNINGS)
        return None if undecided else "raw_text"
    return detect(content_type, head)


def frame(delta: Delta, dialect: Dialect) -> bytes:
    """A delta's event as its dialect frames it: whole, and by itself."""
    event = delta.event
    if dialect.parser is LineParser:
        is_said = dialect.name == "agent_lines" and (delta.text or delta.is_end)
        return (b"data: " if is_said else b"") + event.data + b"\n"
    if dialect.parser is not EventParser:
        return event.data
    name = b"" if event.name == "message" else b"event: " + event.name.encode() + b"\n"
    if event.id is not None:
        name += b"id: " + event.id.encode() + b"\n"
    if b"\n" not in event.data:
        return name + b"data: " + event.data + b"\n\n"
    return name + b"".join(b"data: " + line + b"\n" for line in event.data.split(b"\n")) + b"\n"
