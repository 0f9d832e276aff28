"""The pulse sees a loop that stands still and a process that is busy; the quiet collector frees what is dropped."""

import asyncio
import gc
import time
import weakref

from harness.load.pulse import Pulse, quiet_collector


def pulse_while(work):
    """The pulse that beat while this was awaited."""

    async def run():
        pulse = Pulse()
        beating = asyncio.create_task(pulse.run())
        await work()
        share = pulse.cpu_share
        beating.cancel()
        return pulse, share

    return asyncio.run(run())


def test_an_idle_process_has_a_calm_pulse():
    """With nothing to do most beats are on time and little of the processor is taken."""

    async def idle():
        await asyncio.sleep(0.4)

    pulse, share = pulse_while(idle)

    assert len(pulse.lags_ms) > 10
    assert sorted(pulse.lags_ms)[len(pulse.lags_ms) // 2] < 50
    assert share < 0.5


def test_a_loop_that_stands_still_is_seen():
    """A block of 200 ms shows as a beat about so late."""

    async def block():
        await asyncio.sleep(0.05)
        time.sleep(0.2)  # noqa: ASYNC251 - Blocking is the point.
        await asyncio.sleep(0.05)

    pulse, _ = pulse_while(block)

    assert max(pulse.lags_ms) > 150


def test_a_busy_process_is_seen():
    """A process that computes all the time takes most of a core, or as much as it got."""

    async def compute():
        until = time.process_time() + 0.3
        while time.process_time() < until:
            pass

    began = time.monotonic()
    _, share = pulse_while(compute)

    assert share > 0.25 / (time.monotonic() - began)


def test_cycles_are_freed_while_the_collector_is_quiet():
    """A quiet collector still collects, so that a long load does not eat the memory."""

    class Knot:
        pass

    with quiet_collector():
        knot = Knot()
        knot.itself = knot
        seen = weakref.ref(knot)
        del knot
        held = [[] for _ in range(300_000)]
        freed = seen() is None

    assert freed
    assert len(held) == 300_000


def test_the_collector_is_restored_when_something_fails():
    """An exception inside leaves the thresholds as they were."""
    before = gc.get_threshold()
    try:
        with quiet_collector():
            raise KeyError
    except KeyError:
        pass

    assert gc.get_threshold() == before
