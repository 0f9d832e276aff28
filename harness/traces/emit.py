"""Emit spans as OpenTelemetry's OTLP/JSON over HTTP, at a few microseconds a span.

Wire format and attribute names are OpenTelemetry's; its SDK is not used because it costs about
100 microseconds a span, more than the hop it would observe. Ending a span only appends it to a bounded
queue; encoding and posting happen in the flush loop, a few spans at a time, so no request waits for either.
What cannot be delivered is dropped and counted, never raised.
"""

import asyncio
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Literal

from harness.traces.context import Context
from harness.traces.otlp_json import AttributeValue, SpanRecord, encode_request, encode_spans
from harness.traces.post import post_json

__all__ = ["AttributeValue", "Context", "Kind", "Span", "Tracer"]

Kind = Literal["internal", "server", "client"]

FLUSH_EVERY_S = 0.2
QUEUE_SPANS_MAX = 65_536  # About 40 MB at worst; six seconds of a gateway at 1,000 requests a second.
POST_SPANS_MAX = 512  # OpenTelemetry's own batch.
POST_ATTEMPTS = 3
POST_LIMIT_S = 5.0
CLOSE_LIMIT_S = 5.0


def epoch_offset_ns() -> int:
    """What turns a monotonic time of this machine into nanoseconds since 1970.

    The two clocks are read several times and the tightest reading counts, because a process that is put aside between
    them would shift all its spans by as long as that took.
    """
    readings = []
    for _ in range(5):
        before_ns = time.monotonic_ns()
        now_ns = time.time_ns()
        after_ns = time.monotonic_ns()
        readings.append((after_ns - before_ns, now_ns - (before_ns + after_ns) // 2))
    return min(readings)[1]


class Span:
    """One timed piece of work; ended exactly once, times are `time.monotonic_ns()`."""

    __slots__ = ("_ended", "_record", "_tracer", "context")

    def __init__(self, context: Context, record: SpanRecord, tracer: "Tracer") -> None:
        self.context = context
        self._record = record
        self._tracer = tracer
        self._ended = False

    def set(self, key: str, value: AttributeValue) -> None:
        """Set one attribute; the last value given counts."""
        self._record.attributes[key] = value

    def event(self, name: str, at_ns: int, **attributes: AttributeValue) -> None:
        """Note that something happened at `at_ns` within the span."""
        self._record.events.append((name, at_ns, attributes))

    def end(self, ended_ns: int | None = None, error: str | None = None) -> None:
        """End the span, now unless told, as failed if `error` says why; a second end changes nothing."""
        if self._ended:
            return
        self._ended = True
        self._record.ended_ns = time.monotonic_ns() if ended_ns is None else ended_ns
        self._record.error = error
        if self.context.sampled:
            self._tracer.accept(self._record)


class Tracer:
    """Starts spans of one service and posts them to `endpoint`; without one it records nothing."""

    def __init__(
        self, service_name: str, endpoint: str | None = None, resource: Mapping[str, str] | None = None
    ) -> None:
        self.dropped = 0
        self.exported = 0
        self._endpoint = endpoint
        self._resource = {
            "service.name": service_name,
            "telemetry.sdk.name": "opea-harness",
            **(resource or {}),
        }
        self._epoch_offset_ns = epoch_offset_ns()
        self._queue: deque[SpanRecord] = deque()
        self._closing = asyncio.Event()
        self._flushing = asyncio.Lock()

    def start(self, name: str, kind: Kind, parent: Context | None, began_ns: int | None = None) -> Span:
        """Start a span under `parent`, or a new trace where there is none; `began_ns` is monotonic."""
        context = Context.new() if parent is None else parent.child()
        began_ns = time.monotonic_ns() if began_ns is None else began_ns
        parent_id = None if parent is None else parent.span_id
        record = SpanRecord(context.trace_id, context.span_id, parent_id, name, kind, began_ns)
        return Span(context, record, self)

    def accept(self, record: SpanRecord) -> None:
        """Take an ended span for the next flush, or count it as dropped where the queue is full."""
        if self._endpoint is None:
            return
        if len(self._queue) >= QUEUE_SPANS_MAX:
            self.dropped += 1
        else:
            self._queue.append(record)

    async def run(self) -> None:
        """Post what has ended, every 200 ms, until the tracer is closed; its owner starts it as a task."""
        while not self._closing.is_set():
            try:
                await asyncio.wait_for(self._closing.wait(), FLUSH_EVERY_S)
            except TimeoutError:
                await self.flush()

    async def flush(self) -> None:
        """Post everything that has ended so far."""
        async with self._flushing:
            while self._queue and self._endpoint is not None:
                count = min(len(self._queue), POST_SPANS_MAX)
                batch = [self._queue.popleft() for _ in range(count)]
                await self._export(self._endpoint, batch)

    async def close(self) -> None:
        """Stop the flush loop and post the rest; what five seconds do not suffice for is dropped."""
        self._closing.set()
        try:
            await asyncio.wait_for(self.flush(), CLOSE_LIMIT_S)
        except TimeoutError:
            self.dropped += len(self._queue)
            self._queue.clear()

    async def _export(self, endpoint: str, batch: Sequence[SpanRecord]) -> None:
        delivered = 0
        try:
            spans = await encode_spans(batch, self._epoch_offset_ns)
            body = encode_request(self._resource, spans)
            for attempt in range(POST_ATTEMPTS):
                await asyncio.sleep(attempt * FLUSH_EVERY_S)
                status = await post_json(endpoint, body, POST_LIMIT_S)
                if 200 <= status < 300:
                    delivered = len(spans)
                if 200 <= status < 500:  # A 4xx will not become right by repeating it.
                    break
        finally:
            self.exported += delivered
            self.dropped += len(batch) - delivered
