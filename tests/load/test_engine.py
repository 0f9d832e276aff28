"""The engine sends every request at its time, whatever the system and the engine itself are doing."""

import asyncio
import gc
import os
import signal
import socket
import tempfile
import time
from pathlib import Path

import pytest

from harness.asking import Asker
from harness.client import Client, Limits
from harness.load.arrivals import Arrivals, schedule, schedule_hash
from harness.load.certificate import Work
from harness.load.engine import Load, drive
from harness.load.figures import load_figures
from harness.processes.child import Child
from harness.quantiles import quantile
from harness.scenario import Objectives, Question

pytestmark = pytest.mark.alone

QUESTIONS = tuple(Question(f"q{number}", f"question {number}") for number in range(5))


def a_load(rate, duration_s, **changes):
    """A constant load without warm-up."""
    kind = changes.pop("kind", "constant")
    seed = changes.pop("seed", 1)
    arrivals = Arrivals(rate, duration_s, kind=kind, seed=seed)
    return Load(arrivals, QUESTIONS, **({"warm_up": 0, "limits": Limits(total_s=10)} | changes))


async def driven(url, load, *, hold_ms=5.0, stop=None, record=None):
    """The drive and the ops of a load on a known-delay server; `record` is called with each op too."""
    ops, client = [], Client()
    work = Work(1, 1, hold_ms, tokens=3, token_ms=2)

    def note(op):
        ops.append(op)
        if record is not None:
            record(op)

    try:
        done = await drive(load, Asker(client, url, work.scenario), note, stop=stop)
    finally:
        await client.close()
    return done, ops


def test_every_request_is_sent_at_its_time(known_server):
    """No request goes out before its time, and all of them near it; each is answered and recorded once."""

    async def run():
        async with known_server() as url:
            return await driven(url, a_load(100, 1.0))

    done, ops = asyncio.run(run())
    times = schedule(Arrivals(100, 1.0, kind="constant", seed=1))
    lags_ms = sorted((op.sent_ns - op.scheduled_ns) / 1e6 for op in ops)

    assert sorted(op.scheduled_ns - done.began_ns for op in ops) == times.tolist()
    assert {op.error for op in ops} == {""}
    assert len({op.id for op in ops}) == 100
    assert lags_ms[0] >= 0
    assert lags_ms[50] < 50
    assert (done.arrivals, done.interrupted, done.schedule_hash) == (100, False, schedule_hash(times))


def test_a_slow_answer_delays_no_request(known_server):
    """With answers that take 300 ms at 50 per second, fifteen are under way at once and none waits for another."""

    async def run():
        async with known_server() as url:
            return await driven(url, a_load(50, 1.0), hold_ms=300)

    _, ops = asyncio.run(run())
    sent, ended = [op.sent_ns for op in ops], [op.ended_ns for op in ops]
    under_way = max(sum(a <= at < b for a, b in zip(sent, ended, strict=True)) for at in sent)

    assert under_way >= 12
    assert sorted((op.sent_ns - op.scheduled_ns) / 1e6 for op in ops)[25] < 100


def test_a_blocked_engine_skips_nothing_and_is_invalid(known_server):
    """After a loop that stood still for 300 ms the missed slots go out at once, late, and the run is not to be trusted."""

    async def run():
        async with known_server() as url:
            asyncio.get_running_loop().call_later(0.3, time.sleep, 0.3)
            return await driven(url, a_load(100, 1.0))

    done, ops = asyncio.run(run())
    late = [op for op in ops if op.sent_ns - op.scheduled_ns > 20_000_000]
    figures = load_figures(ops, done, Objectives())

    assert len(ops) == 100
    assert len(late) >= 20
    assert not figures.valid
    assert figures.why_invalid.startswith("requests were sent late, p95 by ")


def test_a_stalled_system_is_seen_to_stall():
    """A server stopped for half a second keeps no request from going out, and its tail is as long as the stall says."""
    stalled_ns = []

    def stall(pid, number=signal.SIGSTOP):
        stalled_ns.append(time.monotonic_ns())
        os.kill(pid, number)
        if number == signal.SIGSTOP:
            asyncio.get_running_loop().call_later(0.5, stall, pid, signal.SIGCONT)

    async def run(folder):
        child = await Child.start("known-delay", ["-m", "harness.load.known_delay"], folder / "log")
        try:
            url = (await child.ready(30))["urls"]["gateway"]
            asyncio.get_running_loop().call_later(0.7, stall, child.pid)
            return await driven(url, a_load(100, 2.0))
        finally:
            os.kill(child.pid, signal.SIGCONT)
            await child.stop()

    with tempfile.TemporaryDirectory() as folder:
        done, ops = asyncio.run(run(Path(folder)))
    tail = load_figures(ops, done, Objectives()).response_ms
    stopped_ns, resumed_ns = stalled_ns
    stopped_ns += 20_000_000  # By then the signal has come.
    waits_ms = [
        (resumed_ns - op.scheduled_ns) / 1e6 if stopped_ns < op.scheduled_ns < resumed_ns else 0.0
        for op in ops
    ]

    assert tail.count == 200
    assert sum(wait_ms > 0 for wait_ms in waits_ms) >= 30
    for seen_ms, share in ((tail.p90, 0.9), (tail.p95, 0.95)):
        least_ms = quantile(waits_ms, share)
        assert least_ms <= seen_ms < least_ms + 1000


def test_what_is_under_way_at_the_end_is_recorded_as_unfinished(known_server):
    """A system slower than the drain leaves censored requests, not missing ones."""

    async def run():
        async with known_server() as url:
            return await driven(url, a_load(50, 0.4, drain_s=0.2), hold_ms=5000)

    done, ops = asyncio.run(run())

    assert len(ops) == 20
    assert {(op.error, op.ended_ns) for op in ops} == {("unfinished", 0)}
    assert load_figures(ops, done, Objectives()).censored == 20
    assert not done.interrupted


class Watched:
    """An asker that says when it was asked so often."""

    def __init__(self, asker, times):
        self._asker = asker
        self._left = times
        self.reached = asyncio.Event()

    async def ask(self, op, text, *, limits):
        self._left -= 1
        if not self._left:
            self.reached.set()
        return await self._asker.ask(op, text, limits=limits)


async def halted(url, halt):
    """The ops of a long load whose answers take longer still, halted while the eighth is under way."""
    ops, client = [], Client()
    asker = Watched(Asker(client, url, Work(1, 1, 5000).scenario), 8)
    stop = asyncio.Event()
    task = asyncio.create_task(drive(a_load(50, 30.0), asker, ops.append, stop=stop))
    try:
        await asyncio.wait_for(asker.reached.wait(), 10)
        halt(task, stop)
        done = await asyncio.wait_for(asyncio.gather(task, return_exceptions=True), 10)
    finally:
        await client.close()
    return done[0], ops


def test_a_load_can_be_stopped(known_server):
    """Once told to stop, the engine sends nothing more, records what is under way, and says that it was interrupted."""

    async def run():
        async with known_server() as url:
            return await halted(url, lambda _, stop: stop.set())

    done, ops = asyncio.run(run())

    assert done.interrupted
    assert 8 <= len(ops) < 100
    assert {op.error for op in ops} == {"unfinished"}


def test_a_cancelled_load_records_what_is_under_way(known_server):
    """Ctrl-C in the middle loses no op."""

    async def run():
        async with known_server() as url:
            return await halted(url, lambda task, _: task.cancel())

    done, ops = asyncio.run(run())

    assert isinstance(done, asyncio.CancelledError)
    assert 8 <= len(ops) < 100
    assert {op.error for op in ops} == {"unfinished"}


def test_a_record_that_cannot_be_written_ends_the_load(known_server):
    """A full disk is raised as it is, at once, and not after the load."""

    def full(op):
        raise OSError(28, "No space left on device")

    async def run():
        async with known_server() as url:
            await driven(url, a_load(50, 30.0), record=full)

    began = time.monotonic()
    with pytest.raises(OSError, match="No space left on device"):
        asyncio.run(run())

    assert time.monotonic() - began < 20


def test_a_system_that_is_not_there_fails_every_request():
    """A closed port gives one refused op for each arrival."""

    async def run(url):
        return await driven(url, a_load(50, 0.4))

    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        done, ops = asyncio.run(run(f"http://127.0.0.1:{closed.getsockname()[1]}"))

    assert load_figures(ops, done, Objectives()).errors == {"refused": 20}


def test_the_same_seed_asks_the_same_questions_at_the_same_times(known_server):
    """Two loads of one seed have equal schedules and questions; another seed has others."""

    async def run(seed):
        async with known_server() as url:
            done, ops = await driven(url, a_load(100, 0.5, kind="poisson", seed=seed))
            return done.schedule_hash, [op.question for op in sorted(ops, key=lambda op: op.scheduled_ns)]

    first, again, other = (asyncio.run(run(seed)) for seed in (1, 1, 2))

    assert first == again
    assert first[0] != other[0]
    assert first[1] != other[1]


def test_warm_up_comes_first_and_counts_for_nothing(known_server):
    """Warm-up questions are asked one after the other before the first arrival, as a part of their own."""

    async def run():
        async with known_server() as url:
            return await driven(url, a_load(50, 0.2, warm_up=3))

    done, ops = asyncio.run(run())
    warm = [op for op in ops if op.part == "warm_up"]

    assert len(warm) == 3
    assert warm[0].ended_ns <= warm[1].sent_ns
    assert warm[-1].ended_ns < done.began_ns
    assert load_figures(ops, done, Objectives()).sent == 10


def test_the_collector_is_as_it_was_afterwards(known_server):
    """The engine leaves Python's garbage collector as it found it."""
    before = gc.get_threshold(), gc.isenabled()

    async def run():
        async with known_server() as url:
            await driven(url, a_load(50, 0.1))

    asyncio.run(run())

    assert (gc.get_threshold(), gc.isenabled()) == before
    assert gc.get_freeze_count() == 0
