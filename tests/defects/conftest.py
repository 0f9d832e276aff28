"""A bench with each engine on it, from its first use to the end of the session."""

import asyncio
import os
from collections.abc import Iterator

import pytest

from harness.cache import cache_dir
from harness.defects.bench import Bench, bench
from harness.defects.defect import Defect
from harness.gateway.environment import environment
from harness.verdict import Verdict


class Standing:
    """A bench and the loop that it lives in."""

    def __init__(self, runner: asyncio.Runner, made: Bench) -> None:
        self.runner = runner
        self.bench = made

    def verdicts(self, defect: Defect) -> list[Verdict]:
        """What is there of a defect, case by case."""
        return self.runner.run(self.bench.verdicts([defect]))


def stand(engine, folder) -> Iterator[Standing]:
    opea = environment(cache_dir(os.environ)) if engine == "opea" else None
    with asyncio.Runner() as runner:
        made = bench(engine, opea, folder / "log")
        yield Standing(runner, runner.run(made.__aenter__()))
        runner.run(made.__aexit__(None, None, None))


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """The reference engine on the bench."""
    yield from stand("reference", tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="session")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """Opea-comps on the bench."""
    yield from stand("opea", tmp_path_factory.mktemp("theirs"))
