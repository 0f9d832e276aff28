"""An engine, and compositions of Python programs on it."""

import asyncio

import pytest

from harness.composition.raising import Means, raised
from harness.containers.engine import OWNER, connected
from tests.images.stand_ins.own import own


class Engine:
    """The engine of this machine, and what of this process is on it."""

    def __init__(self, found):
        self.found = found
        self.image = own(found)

    def left(self):
        """Containers, networks and volumes that bear this process's mark."""
        client, wanted = self.found.client, {"label": f"{OWNER}={self.found.owner}"}
        return [
            *client.containers.list(all=True, filters=wanted, ignore_removed=True),
            *client.networks.list(filters=wanted),
            *client.volumes.list(filters=wanted),
        ]


@pytest.fixture
def engine():
    """The engine, on which nothing of ours may be left."""
    with connected() as found:
        made = Engine(found)
        yield made

        assert made.left() == []


class Told:
    """Progress that keeps its steps."""

    def __init__(self):
        self.steps = []

    def begin(self, part, total):
        """Nothing is to be kept."""

    def step(self, words="", *, failed=False):
        """Keep it."""
        self.steps.append(words)

    def end(self, words=""):
        """Nothing is to be kept."""


@pytest.fixture
def stood(engine, tmp_path):
    """Raise a composition, do something while it stands, and give what that came to."""

    def stand(composition, do=lambda running: None, progress=None, **how):
        async def go():
            means = Means({}, tmp_path, **how)
            async with raised(engine.found, composition, means, progress) as running:
                return await asyncio.to_thread(do, running)

        return asyncio.run(go())

    return stand


@pytest.fixture
def told():
    """Progress that keeps its steps."""
    return Told()
