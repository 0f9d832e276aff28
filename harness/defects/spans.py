"""The spans that an engine on the bench sends: a store of the bench's own, and what came to it since a moment."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from harness.traces.memory import Memory, Search
from harness.traces.span import Span
from harness.traces.store import serve

LIMIT_S, QUIET_S = 5.0, 0.4  # Our engine sends every 0.2 s, opea-comps as the megaservice tells it.


@dataclass(frozen=True, slots=True)
class Spans:
    """What came; `otlp` is where it is to be sent."""

    memory: Memory
    otlp: str

    async def since(self, began_ns: int) -> list[Span]:
        """The spans that began since then (nanoseconds since 1970), once no more of them come, or after a while."""
        found: list[Span] = []
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            await asyncio.sleep(QUIET_S)
            now = self._all(began_ns)
            if found and len(now) == len(found):
                break
            found = now
        return found

    def _all(self, began_ns: int) -> list[Span]:
        memory = self.memory
        traces = [
            trace for name in memory.services() for trace in memory.find(Search(name, start_min_ns=began_ns))
        ]
        spans = [span.open() for trace in traces for span in trace]
        return list({span.span_id: span for span in spans if span.began_ns >= began_ns}.values())


@asynccontextmanager
async def taking_spans() -> AsyncIterator[Spans]:
    """A store on loopback while the context lasts."""
    memory = Memory()
    async with serve(memory) as store:
        yield Spans(memory, store.otlp)
