"""An engine, an image of it in which things can be run, and a private network."""

import pytest

from harness.containers.container import Wanted, running
from harness.containers.engine import connected
from harness.containers.network import private_network
from tests.images.stand_ins.own import own


@pytest.fixture(scope="session")
def engine():
    """The engine of this machine."""
    with connected() as found:
        yield found


@pytest.fixture(scope="session")
def image(engine):
    """This machine's own Python."""
    return own(engine)


@pytest.fixture
def network(engine):
    """A network that is gone after the test."""
    with private_network(engine) as found:
        yield found


@pytest.fixture
def started(engine, image, network, tmp_path):
    """Start a container of a Python program, as a context."""

    def start(program, **how):
        return running(
            engine,
            Wanted("try", image, command=("python3", "-u", "-c", program), network=network, **how),
            tmp_path,
        )

    return start
