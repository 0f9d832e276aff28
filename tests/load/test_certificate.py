"""The certificate tells the engine's errors, small where the engine is good and large where it is not."""

import asyncio
import time

import pytest

from harness.errors import StackError
from harness.history import Op
from harness.load import certificate as module
from harness.load.certificate import Work, certificate, certify, known_delay, perform

pytestmark = pytest.mark.alone

MS = 1_000_000


def stamped(*, late=0.0, first=0.0, gap=0.0):
    """An op whose answer took 10 ms to the first token and 5 to the next, read so many milliseconds later than it was sent."""
    op = Op("1", "load", "known", "stream", sent_ns=1000 * MS, status=200)
    op.text = f"{1001 * MS} {1011 * MS} {1016 * MS}"
    op.content_ns = [int((1010 + first) * MS), int((1015 + first + gap) * MS)]
    op.ended_ns = int((1015 + late) * MS)
    return op


def test_the_error_is_what_was_read_minus_what_is_true():
    """Ops read 2 ms late at the end, 1 ms at the first token and with gaps 0.5 ms too short have these errors."""
    actual = certificate([stamped(late=2, first=1, gap=-0.5)] * 300, 100.0)

    assert (actual.service_ms_p50, actual.service_ms_p99) == (2.0, 2.0)
    assert (actual.ttft_ms_p50, actual.ttft_ms_p99) == (1.0, 1.0)
    assert (actual.itl_ms_p50, actual.itl_ms_p99) == (0.5, 0.5)
    assert (actual.requests, actual.failed) == (300, 0)
    assert actual.concurrent == pytest.approx(1.7)


def test_failed_requests_are_counted_and_give_no_error():
    """A request that failed has no stamps; it is counted as failed."""
    failed = Op("1", "load", "known", "stream", status=0, error="reset")
    actual = certificate([stamped(), failed], 100.0)

    assert (actual.requests, actual.failed, actual.service_ms_p50) == (2, 1, None)


@pytest.mark.parametrize("mode", ["stream", "json"])
def test_the_engine_reads_known_times_nearly_rightly(mode):
    """On real sockets the median error is a few milliseconds at most, and every figure has its samples."""
    actual = asyncio.run(certify(10, 10, mode=mode))

    assert (actual.failed, actual.requests >= 299) == (0, True)
    assert 0 < actual.service_ms_p50 < 10
    assert actual.service_ms_p50 <= actual.service_ms_p99
    assert 5 < actual.concurrent < 25
    if mode == "stream":
        assert 0 < actual.ttft_ms_p50 < 10
        assert actual.itl_ms_p50 < 5
    else:
        assert (actual.ttft_ms_p50, actual.itl_ms_p50) == (None, None)


def test_an_engine_that_is_held_up_shows_it():
    """With an event loop blocked for 25 ms of every 30, the errors are as large as the blocks."""

    async def run():
        async def block():
            while True:
                time.sleep(0.025)  # noqa: ASYNC251 - Blocking is the point.
                await asyncio.sleep(0.005)

        async with known_delay() as url:
            blocking = asyncio.create_task(block())
            try:
                return certificate(await perform(Work(100, 0.6, 10.0), url), 100)
            finally:
                blocking.cancel()

    assert asyncio.run(run()).service_ms_p50 > 5


def test_a_certificate_takes_about_two_seconds():
    """The wait before or after a load is short."""
    began = time.monotonic()
    asyncio.run(certify(20, 10))

    assert time.monotonic() - began < 10  # Two on an idle machine.


def test_a_server_that_does_not_start_is_an_error(monkeypatch):
    """A known-delay server that is not ready in time says so."""
    monkeypatch.setattr(module, "READY_LIMIT_S", 0.001)

    with pytest.raises(StackError, match=r"known-delay: not ready after 0\.001 s"):
        asyncio.run(certify(10, 10))
