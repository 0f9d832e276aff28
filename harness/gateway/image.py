"""A megaservice's image as the gateway: a container of ours on a private network, whose nodes are our wires.

Our own processes listen on this machine's address in that network, where only it reaches them.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.containers.alive import while_alive
from harness.containers.container import Container, Death, Wanted
from harness.containers.engine import Engine, connect
from harness.containers.leftovers import sweep
from harness.containers.network import Network, private_network
from harness.errors import StackError
from harness.gateway.naming import Address
from harness.images.configuration import ImageFacts, read
from harness.ports import free_ports

NAME = "gateway"
PORT = 8888  # What OPEA's megaservices serve at unless they are told.
PORT_VARIABLE = "MEGA_SERVICE_PORT"
PACE_S = 0.5


@dataclass(frozen=True, slots=True)
class Lodging:
    """An image, and where its container is to live."""

    engine: Engine
    network: Network
    facts: ImageFacts

    @property
    def home(self) -> str:
        """Where what the container calls has to listen."""
        return self.network.home()

    @property
    def told(self) -> str:
        """The image, and the digest by which it is found again."""
        return f"{self.facts.name} ({self.facts.digest or self.facts.id})"

    def inside(self, url: str) -> Address:
        """What the container calls an address of ours."""
        parts = urlsplit(self.network.from_inside(url))
        return parts.hostname or "", parts.port or 80

    def port(self, given: Mapping[str, str]) -> int:
        """At which port inside it is to serve: as given, or the one that it exposes, or OPEA's."""
        if given.get(PORT_VARIABLE, "").isdigit():
            return int(given[PORT_VARIABLE])
        return self.facts.ports[0] if len(self.facts.ports) == 1 else PORT

    def start(self, environment: Mapping[str, str], folder: Path, port: int = 0) -> "Guest":
        """Start the container, published at this port of loopback (0: a free one); whoever calls it stops it."""
        inner = self.port(environment)
        told = {"no_proxy": "*", "NO_PROXY": "*", PORT_VARIABLE: str(inner), **environment}
        outer = port or free_ports(1)[0]
        wanted = Wanted(NAME, self.facts.name, told, (inner,), self.network, host_ports={inner: outer})
        return Guest(Container.start(self.engine, wanted, folder), f"{NAME} {self.facts.name}", outer)


@asynccontextmanager
async def lodging(image: str) -> AsyncIterator[Lodging]:
    """A place for a container of the image; raises StackError where there is no engine, or no such image. Gone in the end."""
    try:
        engine = connect()
    except StackError as error:
        raise StackError(
            f"--gateway {image}: is no URL, and cannot be started as an image: {error}"
        ) from None
    async with AsyncExitStack() as cleanup:
        cleanup.callback(engine.close)
        facts = read(image, await asyncio.to_thread(engine.inspected, image))
        await asyncio.to_thread(sweep, engine)
        yield Lodging(engine, cleanup.enter_context(private_network(engine)), facts)


class Guest:
    """The container as a stack holds what runs: it is watched from its start to `stop`."""

    def __init__(self, container: Container, name: str, port: int) -> None:
        self.container = container
        self.name = name
        self.port = port
        self.ended = ""
        self._is_renewed = False
        self._watching = asyncio.ensure_future(self._watch())

    @property
    def url(self) -> str:
        """Its address, which stays the same when it is begun again."""
        return f"http://127.0.0.1:{self.port}"

    async def alive(self, work: Coroutine[Any, Any, None]) -> None:
        """Do the work; raises StackError with the container's last words as soon as it ends."""
        outcome = await while_alive(self.container, work)
        if isinstance(outcome, Death):
            raise StackError(outcome.told(self.name))

    async def renew(self) -> None:
        """Begin it again, at the same address."""
        self._is_renewed = True
        try:
            await asyncio.to_thread(self.container.begin_again, 0)
        finally:
            self._is_renewed = False

    async def words(self) -> str:
        """Its last words, as the end of a sentence."""
        said = await asyncio.to_thread(self.container.last_words, 15)
        return (
            "; its last words:\n" + "\n".join(f"  {line}" for line in said) if said else "; its log is empty"
        )

    async def stop(self) -> None:
        """Remove it."""
        self._watching.cancel()
        await asyncio.gather(self._watching, return_exceptions=True)
        await asyncio.to_thread(self.container.remove)

    async def _watch(self) -> None:
        while not self.ended:
            await asyncio.sleep(PACE_S)
            try:
                death = await asyncio.to_thread(self.container.death)
            except StackError as error:
                self.ended = str(error)
            else:
                if death and not self._is_renewed:
                    self.ended = death.told(self.name)
