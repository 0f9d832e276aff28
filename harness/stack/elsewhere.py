"""A gateway that is no process of ours but calls our wires: environment variables tell it where they are.

It is a container of a megaservice's image, or a megaservice of the user's that is reached at a URL and is given a file of variables.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from harness.admin import is_loopback
from harness.asking import Asker
from harness.client import Client
from harness.errors import StackError, UsageError
from harness.gateway.greeting import Greeting, greet
from harness.gateway.naming import Address, told
from harness.gateway.variables import traced_to
from harness.processes.child import Living
from harness.scenario import Scenario
from harness.stack.where import LOOPBACK, Keeping, Where

if TYPE_CHECKING:
    from harness.gateway.image import Guest, Lodging
    from harness.stack.stack import Hop

OPEA = ("opea",)  # What opea-comps calls itself in traces.


@dataclass(frozen=True, slots=True)
class Brought:
    """A gateway that answers: its address, what of it runs here, what begins it again, its image, and what it was told."""

    url: str
    children: Mapping[str, Living] = field(default_factory=dict)
    renew: Callable[[], Awaitable[None]] | None = None
    image: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


class Elsewhere(Protocol):
    """Brings such a gateway; `home` is the address on which our wires and our trace store listen for it."""

    @property
    def home(self) -> str:
        """An address of this machine."""

    async def brought(self, hops: "Mapping[str, Hop]", otlp: str, client: Client) -> Brought:
        """The gateway, once it answers; raises StackError where it does not."""


@asynccontextmanager
async def elsewhere(scenario: Scenario, where: Where, keeping: Keeping) -> AsyncIterator[Elsewhere | None]:
    """The gateway that these targets name, or None for one that is a process of ours; what is started for it is gone in the end."""
    async with AsyncExitStack() as cleanup:
        if where.image:
            from harness.gateway.image import lodging  # Docker's packages are an extra.

            lodged = await cleanup.enter_async_context(lodging(where.image))
            yield _Imaged(scenario, where, keeping, lodged, cleanup)
        elif where.gateway_url:
            yield _Theirs(scenario, where)
        else:
            yield None


@dataclass(slots=True)
class _Imaged:
    """A container of the image."""

    scenario: Scenario
    where: Where
    keeping: Keeping
    lodging: "Lodging"
    cleanup: AsyncExitStack

    @property
    def home(self) -> str:
        return self.lodging.home

    async def brought(self, hops: "Mapping[str, Hop]", otlp: str, client: Client) -> Brought:
        environment = _told(self.scenario, self.where, hops, self.lodging.inside)
        if otlp and (urlsplit(otlp).hostname == self.home or not is_loopback(urlsplit(otlp).hostname)):
            inside = "http://{}:{}/v1/traces".format(*self.lodging.inside(otlp))
            environment = {**traced_to(inside), **environment}
        guest = self.lodging.start(environment, self.keeping.logs, self.where.port)
        self.cleanup.push_async_callback(guest.stop)

        async def begin() -> None:
            await guest.alive(self._greeted(guest, hops, client, environment))

        await begin()

        async def renew() -> None:
            await guest.renew()
            await begin()

        return Brought(guest.url, {guest.name: guest}, renew, self.lodging.told, environment)

    async def _greeted(
        self, guest: "Guest", hops: "Mapping[str, Hop]", client: Client, environment: Mapping[str, str]
    ) -> None:
        greeting = _greeting(self.scenario, self.where, guest.url, hops, client)
        try:
            await greet(greeting, guest.name, environment)
        except StackError as error:
            raise StackError(f"{error}{await guest.words()}") from None


@dataclass(frozen=True, slots=True)
class _Theirs:
    """A megaservice that the user starts, with the variables of a file that is written for it."""

    scenario: Scenario
    where: Where

    @property
    def home(self) -> str:
        return LOOPBACK

    async def brought(self, hops: "Mapping[str, Hop]", otlp: str, client: Client) -> Brought:
        url = self.where.gateway_url or ""
        environment = _told(self.scenario, self.where, hops, _loopback)
        if otlp:
            environment = {**traced_to(otlp), **environment}
        if self.where.write_env:
            _write(self.where.write_env, environment)
        if self.where.boot_limit_s:
            greeting = _greeting(self.scenario, self.where, url, hops, client)
            await greet(greeting, f"--gateway {url}", environment)
        return Brought(url, environment=environment)


def home(gateway: Elsewhere | None) -> str:
    """Where what a gateway calls has to listen."""
    return gateway.home if gateway else LOOPBACK


def _write(file: Path, environment: Mapping[str, str]) -> None:
    """Whole or not at all, since somebody may wait for it. Raises UsageError where it cannot be."""
    part = file.with_name(f"{file.name}.part")
    try:
        part.write_text(
            "".join(f"{name}={value}\n" for name, value in sorted(environment.items())), encoding="utf-8"
        )
        part.replace(file)
    except OSError as error:
        raise UsageError(f"--write-env {file}: cannot be written: {error.strerror}") from error


def _loopback(url: str) -> Address:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 80


def _told(
    scenario: Scenario, where: Where, hops: "Mapping[str, Hop]", address: Callable[[str], Address]
) -> dict[str, str]:
    service = scenario.megaservice
    places = {node.name: address(hops[node.name].url) for node in (*service.nodes, *service.beside)}
    return told(service.nodes, places, where.file.seen if where.file else None, where.environment)


def _greeting(
    scenario: Scenario, where: Where, url: str, hops: "Mapping[str, Hop]", client: Client
) -> Greeting:
    first = next((each for each in scenario.questions if not each.blocked), scenario.questions[0])
    support = {node.name for node in scenario.megaservice.support}
    journals = tuple(hop.journal for name, hop in hops.items() if name not in support)
    asker = Asker(client, url, scenario)
    return Greeting(asker, client, first, scenario.modes[0], journals, where.boot_limit_s)
