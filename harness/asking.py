"""Asks the gateway one question and notes all that is known of its answer, for every part of a run alike.

A wrong answer is data, not an exception: whatever happens ends up in the `Op`. Its `error` is one of the client's kinds
(`harness.flight.KINDS`: `refused`, `reset`, `idle_timeout`, `truncated`, ...) or of these:

* `status`            an answer other than 200; `problem` holds its problem+json
* `bad_content_type`  JSON where a stream was asked for, a stream where JSON was, or neither
* `error_event`       the stream said itself that it failed; `problem` holds what the event said
* `malformed`         events, or a JSON, that cannot be read, or events after the end mark
* `incomplete`        the stream ended in order, but without its end mark
* `empty`             200, and no text in it
* `unfinished`        the run ended before the answer did; the op has no `ended_ns`
"""

import asyncio
from collections.abc import Mapping
from time import monotonic_ns
from urllib.parse import urlsplit

import orjson

from harness.answer import STREAM_TYPES, StreamReader, read_json, read_refusal, sample
from harness.client import Client, ClientError, HeaderPairs, Limits, Streaming
from harness.history import Op
from harness.scenario import Scenario
from harness.traces.context import Context


class Asker:
    """Posts questions to one gateway; `url` is its address, or the whole URL of its route where that is another.

    `headers` go out with every question. The client is the caller's, who closes it; a CA of one's own is the client's `ssl`.
    """

    def __init__(self, client: Client, url: str, scenario: Scenario, *, headers: HeaderPairs = ()) -> None:
        route = urlsplit(url).path.rstrip("/")
        self.url = url if route else url.rstrip("/") + scenario.megaservice.path
        self._client = client
        self._scenario = scenario
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        self._headers = {name.lower(): value for name, value in pairs}
        self._limits = Limits(total_s=scenario.megaservice.total_s)

    async def ask(self, op: Op, text: str, *, limits: Limits | None = None) -> Op:
        """Ask, and fill in the op, of which the caller has set `id`, `part`, `question`, `mode` and what else applies.

        Without limits the whole may take as long as the megaservice may. Cancelled, this leaves the op as far as it came.
        """
        context = Context.new()
        op.trace_id = context.trace_id
        headers = {
            "content-type": "application/json",
            "traceparent": context.traceparent,
            "x-request-id": op.id,
            **self._headers,
        }
        body = orjson.dumps(self._scenario.ask(text, op.mode == "stream"))
        op.sent_ns = monotonic_ns()
        try:
            posted = self._client.stream(
                "POST", self.url, headers=headers, body=body, limits=limits or self._limits
            )
            async with posted as reply:
                await self._read(op, reply)
                op.ended_ns = reply.ended_ns or monotonic_ns()
        except ClientError as error:
            op.ended_ns = monotonic_ns()
            op.error, op.detail = error.kind, str(error)
        except asyncio.CancelledError:
            op.error, op.detail = "unfinished", "the run ended before the answer did"
            raise
        return op

    async def _read(self, op: Op, reply: Streaming) -> None:
        op.first_byte_ns = reply.first_byte_ns
        op.status = reply.status
        op.content_type = reply.headers.get("content-type", "")
        kind = op.content_type.partition(";")[0].strip().lower()
        if op.status != 200:
            read_refusal(op, await reply.read())
        elif op.mode == "stream" and kind in STREAM_TYPES:
            await self._read_stream(op, reply)
        elif op.mode == "json" and kind.endswith("json"):
            read_json(op, await reply.read())
        else:
            seen, wanted = kind or "of no type", "a stream" if op.mode == "stream" else "JSON"
            op.error = "bad_content_type"
            op.detail = f"the answer is {seen} where {wanted} was asked for: {sample(await reply.read())}"

    async def _read_stream(self, op: Op, reply: Streaming) -> None:
        reader = StreamReader(op, self._scenario.megaservice.dialect)
        is_clean = False
        try:
            async for received_ns, chunk in reply:
                reader.feed(received_ns, chunk)
            is_clean = True
        finally:
            reader.finish(reply.ended_ns or monotonic_ns(), is_clean=is_clean)
