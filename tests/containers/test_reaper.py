"""What a killed process leaves is removed by testcontainers' reaper where there is one, and by the next run where there is none."""

import os
import platform
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import pytest

from harness.containers.engine import OWNER, connected
from harness.containers.leftovers import sweep
from tests.containers.ours import Engine as Ours
from tests.images.stand_ins.reaper import build
from tests.states import seen

LIMIT_S = 30
NONE = "opea-harness.local/nope:1"
PROGRAM = """
import platform, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
image, folder, machine = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
platform.node = lambda: machine
from harness.containers.container import Container, Wanted
from harness.containers.engine import connected
from harness.containers.network import private_network
from harness.containers.volume import volumes
from testcontainers.core.labels import SESSION_ID
with connected() as engine, private_network(engine) as network, volumes(engine, [network.name + "-kept"]):
    def start(name):
        volume = {network.name + "-kept": "/kept"}
        wanted = Wanted(name, image, command=("sleep", "600"), network=network, volumes=volume)
        return Container.start(engine, wanted, folder)
    with ThreadPoolExecutor() as threads:
        both = list(threads.map(start, ("one", "two")))
    print(engine.owner, SESSION_ID, sep="\t", flush=True)
    sys.stdin.read()
    for each in both:
        each.remove()
"""

pytestmark = pytest.mark.needs("docker")


@pytest.fixture(scope="module")
def engine():
    """The engine, with an image to start."""
    with connected() as found:
        yield Ours(found)


@pytest.fixture(scope="module")
def reaper(engine):
    """The image of one."""
    return build(engine.found)


@dataclass(frozen=True)
class Standing:
    """A process with two containers, a network and a volume, and what is of it on the engine."""

    engine: Ours
    process: subprocess.Popen
    mark: str
    session: str

    def left(self):
        """How many containers, networks and volumes there are, and how many reapers."""
        client, wanted = self.engine.found.client, {"label": f"{OWNER}={self.mark}"}
        reaper = {"name": f"testcontainers-ryuk-{self.session}"}
        return (
            len(client.containers.list(all=True, filters=wanted, ignore_removed=True)),
            len(client.networks.list(filters=wanted)),
            len(client.volumes.list(filters=wanted)),
            len(client.containers.list(all=True, filters=reaper, ignore_removed=True)),
        )

    def left_in_the_end(self, wanted):
        """The same, once it is as wanted or the time is over."""
        return seen(self.left, lambda left: left == wanted, LIMIT_S)

    def kill(self):
        """As nobody wants to be ended."""
        self.process.kill()
        self.process.wait(LIMIT_S)


@pytest.fixture
def machine(monkeypatch):
    """A machine that only this test is on: any other run would remove what is of a dead one."""
    name = f"test-{uuid4().hex}"
    monkeypatch.setattr(platform, "node", lambda: name)
    return name


@pytest.fixture
def standing(engine, tmp_path, machine):
    """Have one stand, with these in its environment, as a context."""

    @contextmanager
    def stand(**environment):
        words = [sys.executable, "-c", PROGRAM, engine.image, str(tmp_path), machine]
        with subprocess.Popen(
            words,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield Standing(engine, process, *process.stdout.readline().strip().split("\t"))
            finally:
                process.kill()

    return stand


def test_with_a_reaper_nothing_waits_for_the_next_run(standing, reaper, engine):
    """It is begun once, though two containers are begun at once, and ends when it is done; what is another's stands."""
    given = {"RYUK_CONTAINER_IMAGE": reaper, "RYUK_RECONNECTION_TIMEOUT": "1s"}
    with standing(RYUK_CONTAINER_IMAGE=NONE) as other, standing(**given) as one:
        assert (one.left(), other.left()) == ((2, 1, 1, 1), (2, 1, 1, 0))

        one.kill()

        assert one.left_in_the_end((0, 0, 0, 0)) == (0, 0, 0, 0)
        assert other.left() == (2, 1, 1, 0)

    sweep(engine.found)

    assert other.left() == (0, 0, 0, 0)


@pytest.mark.parametrize("why", ["turned-off", "broken"])
def test_without_a_reaper_the_next_run_removes_it(standing, reaper, engine, why):
    """Where somebody turned it off, and where what bears its name is none; where it is not here, as beside the one above."""
    given = {
        "turned-off": {"RYUK_CONTAINER_IMAGE": reaper, "TESTCONTAINERS_RYUK_DISABLED": "true"},
        "broken": {"RYUK_CONTAINER_IMAGE": engine.image},
    }
    with standing(**given[why]) as one:
        one.kill()

        assert one.left_in_the_end((2, 1, 1, 0)) == (2, 1, 1, 0)

    sweep(engine.found)

    assert one.left() == (0, 0, 0, 0)


def test_who_ends_well_leaves_no_reaper(standing, reaper):
    """It goes with its process."""
    with standing(RYUK_CONTAINER_IMAGE=reaper) as one:
        one.process.communicate("", timeout=LIMIT_S)

    assert (one.process.returncode, one.left_in_the_end((0, 0, 0, 0))) == (0, (0, 0, 0, 0))
