"""A request as a front end shows it, and the rows' way out of the engine's process."""

import contextlib
import queue
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from harness.history import Op
from harness.load.figures import failure, gaps_ms


@dataclass(frozen=True, slots=True)
class Row:
    """One request as a front end shows it; times are milliseconds from the intended start."""

    response_ms: float
    ttft_ms: float | None
    itl_ms: list[float]
    text_bytes: int
    error: str


def row(op: Op) -> Row:
    """The op's row; the response of a request that had not ended lasts until its last sign of life."""
    ended_ns = op.ended_ns or max(op.scheduled_ns, op.sent_ns, *op.content_ns, op.first_byte_ns)
    return Row(
        response_ms=(ended_ns - op.scheduled_ns) / 1e6,
        ttft_ms=(op.content_ns[0] - op.scheduled_ns) / 1e6 if op.content_ns and op.ok else None,
        itl_ms=gaps_ms(op) if op.ok else [],
        text_bytes=len(op.text.encode()),
        error=failure(op),
    )


class Lines:
    """JSON lines to standard output by a thread of their own, so that a slow reader does not hold up the engine."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def __call__(self, document: dict[str, Any]) -> None:
        """Write it soon."""
        self._queue.put(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))

    @contextlib.contextmanager
    def flowing(self) -> Iterator["Lines"]:
        """Writes until the context ends, and then all that is left."""
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._queue.put(None)
            thread.join(timeout=10)

    def _run(self) -> None:
        with contextlib.suppress(BrokenPipeError):  # Whoever wanted to know is gone, and so are we soon.
            while (line := self._queue.get()) is not None:
                sys.stdout.buffer.write(line)
                sys.stdout.buffer.flush()
