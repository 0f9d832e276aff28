"""The open-loop engine: every request goes out at its time, however long the ones before it take.

A slot that was missed is not skipped but sent at once, and its latency counts from when it should have been sent. So a
system that stalls is seen to stall: the requests that came in the meantime wait in its figures as they would have in life.
How late the engine itself was is in each op (`sent_ns - scheduled_ns`), how it felt is in the `Drive`.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic_ns

from harness.asking import Asker
from harness.client import Limits
from harness.history import Mode, Op, Part
from harness.load.arrivals import Arrivals, schedule, schedule_hash
from harness.load.pulse import Pulse, quiet_collector
from harness.quantiles import quantile
from harness.scenario import Question

RUN_UP_NS = 20_000_000  # Before the first arrival, so that it is not late for the engine's own beginning.

Record = Callable[[Op], None]


@dataclass(frozen=True, slots=True)
class Load:
    """What is to be sent: the arrivals, the questions to draw from, and whether answers stream.

    `warm_up` questions are asked one after the other before the first arrival, as part "warm_up". Requests still under way
    `drain_s` after the last arrival are cut off. Without `limits` a request may take as long as its megaservice may.
    """

    arrivals: Arrivals
    questions: tuple[Question, ...]
    mode: Mode = "stream"
    limits: Limits | None = None
    drain_s: float = 10.0
    warm_up: int = 2


@dataclass(frozen=True, slots=True)
class Drive:
    """What the engine knows of one load beside its ops: what it was to send, and how it was itself.

    `cpu_share` is of one core. `interrupted` says that it was told to stop before the last arrival.
    """

    arrivals: int
    rate_asked: float
    duration_s: float
    seed: int
    schedule_hash: str
    began_ns: int
    ended_ns: int
    cpu_share: float
    loop_lag_ms_p99: float | None
    interrupted: bool


async def drive(load: Load, asker: Asker, record: Record, *, stop: asyncio.Event | None = None) -> Drive:
    """Send the load; `record` gets each op the moment it ends, and those cut off as `unfinished`.

    `stop`, once set, ends the sending and cuts off what is under way. What `record` or the scenario raises is raised here.
    """
    times = schedule(load.arrivals)
    sender = _Sender(load, asker, record)
    await sender.warm_up()
    with quiet_collector():
        pulse = Pulse()
        beating = asyncio.create_task(pulse.run())
        began_ns = monotonic_ns() + RUN_UP_NS
        try:
            await sender.send([began_ns + offset for offset in times.tolist()], stop or asyncio.Event())
        finally:
            beating.cancel()
    return Drive(
        arrivals=len(times),
        rate_asked=load.arrivals.rate_per_s,
        duration_s=load.arrivals.duration_s,
        seed=load.arrivals.seed,
        schedule_hash=schedule_hash(times),
        began_ns=began_ns,
        ended_ns=monotonic_ns(),
        cpu_share=pulse.cpu_share,
        loop_lag_ms_p99=quantile(pulse.lags_ms, 0.99),
        interrupted=sender.sent < len(times),
    )


class _Sender:
    def __init__(self, load: Load, asker: Asker, record: Record) -> None:
        self._load = load
        self._asker = asker
        self._record = record
        self._draw = random.Random(load.arrivals.seed)
        self.sent = 0

    async def warm_up(self) -> None:
        for number in range(self._load.warm_up):
            await self._ask(self._op("warm_up", number, monotonic_ns()))

    async def send(self, times_ns: list[int], stop: asyncio.Event) -> None:
        """Send each request at its time, wait for the answers, and cut off those that take too long."""
        watching: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(None) as limit, asyncio.TaskGroup() as flying:
                watching = asyncio.create_task(_end_at(stop, limit))
                for at_ns in times_ns:
                    await _until(at_ns)
                    flying.create_task(self._ask(self._op("load", self.sent, at_ns)))
                    self.sent += 1
                limit.reschedule(asyncio.get_running_loop().time() + self._load.drain_s)
        except TimeoutError:
            pass  # Those cut off are recorded, and say so.
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        finally:
            if watching is not None:
                watching.cancel()

    def _op(self, part: Part, number: int, at_ns: int) -> tuple[Op, str]:
        question = self._draw.choice(self._load.questions)
        op = Op(f"{part}-{number}", part, question.id, self._load.mode, scheduled_ns=at_ns)
        return op, question.text

    async def _ask(self, posed: tuple[Op, str]) -> None:
        op, text = posed
        try:
            await self._asker.ask(op, text, limits=self._load.limits)
        finally:
            self._record(op)


async def _end_at(stop: asyncio.Event, limit: asyncio.Timeout) -> None:
    await stop.wait()
    limit.reschedule(asyncio.get_running_loop().time())


async def _until(at_ns: int) -> None:
    """Sleep until that time; a loop whose timers tick in milliseconds is asked again for the rest."""
    while (left_ns := at_ns - monotonic_ns()) > 0:  # noqa: ASYNC110 - Time gives no event.
        await asyncio.sleep(left_ns / 1e9)
