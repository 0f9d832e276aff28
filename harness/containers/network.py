"""A private network: containers on it see each other and what this machine shows them, and nobody else's see them."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from uuid import uuid4

from harness.containers.engine import Engine, speaking
from harness.containers.reaper import marked

LOOPBACK = "127.0.0.1"
HOST_NAME = "host.docker.internal"
TO_HOST = "host-gateway"


@dataclass(frozen=True, slots=True)
class Network:
    """A network of ours; `gateway` is this machine's address on it."""

    name: str
    gateway: str

    def home(self) -> str:
        """The address on which this machine listens for its containers: the gateway, where that is one of ours.

        Where the engine runs in a machine of its own, as on macOS, it is loopback, to which HOST_NAME leads from inside.
        """
        with socket.socket() as trial:
            try:
                trial.bind((self.gateway, 0))
            except OSError:
                return LOOPBACK
        return self.gateway

    def from_inside(self, url: str) -> str:
        """What a container calls an address of this machine's `home()`."""
        return url.replace(LOOPBACK, HOST_NAME, 1)


@contextmanager
def private_network(engine: Engine) -> Iterator[Network]:
    """A network of our own, removed in the end together with whatever still hangs on it."""
    name = f"opea-harness-{uuid4().hex[:12]}"
    with speaking("docker network"):
        made = engine.client.networks.create(name, driver="bridge", labels=marked(engine.labels))
    try:
        with speaking(name):
            made.reload()
        (first, *_) = made.attrs["IPAM"]["Config"] or [{}]
        yield Network(name, first.get("Gateway", LOOPBACK))
    finally:
        with suppress(Exception):  # It is gone already, or the next line says what holds it.
            made.reload()
            for each in made.containers:
                made.disconnect(each, force=True)
        with speaking(name):
            made.remove()
