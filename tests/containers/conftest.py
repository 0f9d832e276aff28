"""An engine, an image of it in which things can be run, and a private network."""

import pytest

from harness.containers.container import Wanted, running
from harness.containers.engine import connected
from harness.containers.network import private_network

BUILDING_LIMIT_S = 900


def pytest_collection_modifyitems(items):
    """Whichever of these tests comes first may have to build what it runs."""
    for item in items:
        if "debian" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(BUILDING_LIMIT_S))


@pytest.fixture(scope="session")
def engine():
    """The engine of this machine."""
    with connected() as found:
        yield found


@pytest.fixture(scope="session")
def debian(engine):
    """Debian with Python, built from packages."""
    from tests.images.stand_ins.building import debian

    return debian(engine)


@pytest.fixture
def network(engine):
    """A network that is gone after the test."""
    with private_network(engine) as found:
        yield found


@pytest.fixture
def started(engine, debian, network, tmp_path):
    """Start a container of a Python program, as a context."""

    def start(program, **how):
        return running(
            engine,
            Wanted("try", debian, command=("python3", "-u", "-c", program), network=network, **how),
            tmp_path,
        )

    return start
