"""An engine, and compositions of Python programs on it."""

import asyncio

import pytest

from harness.composition.raising import Means, raised
from tests.containers.ours import left_as_found


@pytest.fixture
def engine():
    """The engine, on which nothing of ours may be left."""
    with left_as_found() as found:
        yield found


class Told:
    """Progress that keeps its steps."""

    def __init__(self):
        self.steps, self.waits = [], []

    def begin(self, part, total):
        """Nothing is to be kept."""

    def step(self, words="", *, failed=False, waits=False):
        """Keep it."""
        (self.waits if waits else self.steps).append(words)

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
