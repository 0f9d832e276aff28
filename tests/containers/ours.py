"""The engine of this machine, on which nothing of a test's own may be left."""

from contextlib import contextmanager

from harness.containers.engine import OWNER, connected
from tests.images.stand_ins.own import own


class Engine:
    """The engine, an image with this machine's Python, and what of this process is on it."""

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


@contextmanager
def left_as_found():
    """The engine for a test; fails where the test left something."""
    with connected() as found:
        made = Engine(found)
        yield made

        assert made.left() == []
