"""What crossed a hop, kept: the newest exchanges in memory, and all of them as JSON lines on disk.

Wires and mock servers keep one each. Secrets are taken out before anything is kept, bodies are cut to a set size, and
memory is bounded whatever the load.
"""

import asyncio
from collections import deque
from pathlib import Path

from harness.history import Exchange, as_line
from harness.redact import redact

# A vector of 768 numbers fits; two of them for each of a few thousand exchanges do in memory.
KEEP_BYTES = 16_384
EXCHANGES_MAX = 8_192
MEMORY_BYTES_MAX = 64 * 2**20
FLUSH_EVERY_S = 0.1


def as_text(body: bytes | bytearray, keep_bytes: int) -> str:
    """The beginning of a body as text without secrets; what is no UTF-8 is replaced."""
    return redact(bytes(body[:keep_bytes]).decode("utf-8", "replace"))


class Journal:
    """A bounded ring of exchanges and, with a `path`, a file that gets each of them within 100 ms.

    Not for threads. The file is appended to, opened at once, and closed by `close`; without a running event loop every exchange is
    written when it is added.
    """

    def __init__(self, path: Path | None = None, *, keep_bytes: int = KEEP_BYTES) -> None:
        self.keep_bytes = keep_bytes
        self.last_seq = 0
        self._ring: deque[tuple[Exchange, int]] = deque()
        self._ring_bytes = 0
        self._lines: list[bytes] = []
        self._flush_due: asyncio.TimerHandle | None = None
        self._file = path.open("ab", buffering=0) if path else None

    def add(
        self, exchange: Exchange, request: bytes | bytearray = b"", reply: bytes | bytearray = b""
    ) -> int:
        """Keep an exchange that has ended and give it its number; the bodies are cut, redacted and put into it as text.

        Sizes are the exchange's own business: `request_bytes` and `reply_bytes` are not touched.
        """
        self.last_seq += 1
        exchange.seq = self.last_seq
        exchange.path = redact(exchange.path)
        exchange.request = as_text(request, self.keep_bytes)
        exchange.reply = as_text(reply, self.keep_bytes)
        self._remember(exchange)
        if self._file is not None:
            self._lines.append(as_line(exchange))
            self._see_to_flush()
        return exchange.seq

    def since(self, seq: int, node: str = "") -> list[Exchange]:
        """The exchanges numbered above `seq` that memory still holds, oldest first; of one node, if named."""
        return [each for each, _ in self._ring if each.seq > seq and node in ("", each.node)]

    def forgotten(self, seq: int) -> int:
        """How many exchanges numbered above `seq` memory holds no more (a file still has them)."""
        oldest = self._ring[0][0].seq if self._ring else self.last_seq + 1
        return max(0, oldest - 1 - seq)

    def flush(self) -> None:
        """Write what waits to the file."""
        if self._flush_due is not None:
            self._flush_due.cancel()
            self._flush_due = None
        if self._file is not None and self._lines:
            rest = memoryview(b"".join(self._lines))
            self._lines.clear()
            while rest:
                rest = rest[self._file.write(rest) :]

    def close(self) -> None:
        """Write what waits and close the file; what is added later is kept in memory only."""
        self.flush()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _remember(self, exchange: Exchange) -> None:
        size = len(exchange.request) + len(exchange.reply) + 8 * len(exchange.content_ns)
        self._ring.append((exchange, size))
        self._ring_bytes += size
        while len(self._ring) > EXCHANGES_MAX or (
            self._ring_bytes > MEMORY_BYTES_MAX and len(self._ring) > 1
        ):
            self._ring_bytes -= self._ring.popleft()[1]

    def _see_to_flush(self) -> None:
        if self._flush_due is not None:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
        else:
            self._flush_due = loop.call_later(FLUSH_EVERY_S, self.flush)
