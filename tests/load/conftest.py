"""What the tests of the load share: a scenario whose delays are known, and ops made of numbers."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from harness.history import Op
from harness.load.engine import Drive
from harness.load.known_delay import KnownDelay

MS = 1_000_000


@pytest.fixture
def made_op():
    """A function that makes an op of milliseconds: sent, each piece of text, and the end, all from the schedule."""

    def make(scheduled=0.0, *, lag=0.0, tokens=(), end=10.0, error="", status=200, part="load"):
        began = int(1e12 + scheduled * MS)
        op = Op("x", part, "q", "stream", scheduled_ns=began, sent_ns=began + int(lag * MS), status=status)
        op.content_ns = [began + int(token * MS) for token in tokens]
        op.ended_ns = 0 if end is None else began + int(end * MS)
        op.error = error
        op.text = "" if error else "yes"
        return op

    return make


@pytest.fixture
def made_drive():
    """A function that makes the drive of a load from the first scheduled op's time on."""

    def make(arrivals, duration_s=10.0, **changes):
        facts = {
            "arrivals": arrivals,
            "rate_asked": arrivals / duration_s,
            "duration_s": duration_s,
            "seed": 1,
            "schedule_hash": "0123456789abcdef",
            "began_ns": int(1e12),
            "ended_ns": int(1e12 + duration_s * 1e9),
            "cpu_share": 0.1,
            "loop_lag_ms_p99": 0.5,
            "interrupted": False,
        }
        return Drive(**(facts | changes))

    return make


@pytest.fixture
def known_server():
    """A known-delay server in this test's own event loop, as an async context that gives its URL."""
    return _known_server


@asynccontextmanager
async def _known_server():
    server = await asyncio.get_running_loop().create_server(KnownDelay, "127.0.0.1", 0, backlog=1024)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.fixture(scope="session")
def known_folder(tmp_path_factory):
    """A folder with a locust file whose scenario `known` suits a known-delay server."""
    folder = tmp_path_factory.mktemp("known")
    (folder / "known.py").write_text(KNOWN)
    return folder


KNOWN = """
from harness.load.locustfile import locust_user
from harness.megaservice import Megaservice, Node
from harness.scenario import Objectives, Question, Scenario

SCENARIOS = (
    Scenario(
        "known",
        "answers after 10 ms",
        Megaservice("known", "/v1/known", (Node("known", "known", "/"),)),
        (Question("q1", "one"), Question("q2", "two")),
        ask=lambda text, stream: {"stream": stream},
        objectives=Objectives(response_ms=5000, good_share=0.9),
        rate_per_s=20.0,
        duration_s=1.0,
    ),
    Scenario("mute", "asks nothing", Megaservice("mute", "/", (Node("known", "known", "/"),)), ()),
)
LocustUser = locust_user(SCENARIOS)
"""
