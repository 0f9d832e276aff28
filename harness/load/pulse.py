"""How well the sending process itself is: how late its event loop runs, how busy it is, and a collector kept out of the way."""

import asyncio
import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

BEAT_S = 0.01  # Often enough for a p99 within a few seconds, rare enough to cost nothing.


class Pulse:
    """Beats while a load is sent: `lags_ms` holds by how much each beat of the loop was late, in milliseconds."""

    def __init__(self) -> None:
        self.lags_ms: list[float] = []
        self._cpu_s = time.process_time()
        self._began_s = time.monotonic()

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            due_ns = time.monotonic_ns() + int(BEAT_S * 1e9)
            await asyncio.sleep(BEAT_S)
            self.lags_ms.append(max(0, time.monotonic_ns() - due_ns) / 1e6)

    @property
    def cpu_share(self) -> float:
        """The share of one core that this process took since it began to beat; above 1 with several threads."""
        return (time.process_time() - self._cpu_s) / max(time.monotonic() - self._began_s, 1e-9)


@contextmanager
def quiet_collector() -> Iterator[None]:
    """Keep Python's collector from stopping a measurement: it looks at young objects only, and not at what is there now."""
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 50, 1000)  # Full collections, the long ones, are out of reach.
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
