"""What was seen, with what is known of the comps: all that a rule may ask."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from harness.comp import Comp
from harness.doctor.composed import composed
from harness.doctor.seen import Container, Probe, Seen
from harness.lint.compose import Compose
from harness.lint.contracts import Contracts
from harness.lint.megaservice import Megaservice
from harness.lint.sources import Sources
from harness.lint.wiring import LOOPBACK, Call, answering, calls

_BRIDGE = "docker0"  # Where containers find the machine as `host.docker.internal`.


@dataclass(frozen=True, slots=True)
class Called:
    """One address that a container's settings call, and whose it is: None where no container has it."""

    caller: Container
    call: Call
    callee: Container | None


@dataclass(frozen=True)
class Case:
    """One stack at one moment; `megaservices` are files that were given beside it, `folders` hold further comps."""

    seen: Seen
    megaservices: tuple[Megaservice, ...] = ()
    folders: tuple[Path, ...] = ()

    @cached_property
    def near(self) -> tuple[Container, ...]:
        """The containers that were asked about, and after them those in a network with one of these."""
        networks = {name for each in self.seen.containers for name in each.networks}
        others = (each for each in self.seen.neighbours if networks & set(each.networks))
        return (*self.seen.containers, *others)

    @cached_property
    def compose(self) -> Compose:
        """The containers as lint reads services."""
        return composed(self.near, self.seen.machine.addresses.values())

    @cached_property
    def sources(self) -> Sources:
        """What lint's rules look at."""
        return Sources(self.megaservices, self.compose, self.folders)

    @property
    def contracts(self) -> Contracts:
        """What all comps promise."""
        return self.sources.contracts

    @cached_property
    def called(self) -> tuple[Called, ...]:
        """Every address in the settings of the containers that were asked about."""
        return tuple(self._called())

    def _called(self) -> Iterator[Called]:
        by_service = {id(service): name for name, service in self.compose.services.items()}
        by_name = {each.name: each for each in self.near}
        for container in self.seen.containers:
            for call in calls(self.compose, self.compose.services[container.name]):
                found = answering(self.compose, call)
                yield Called(container, call, by_name[by_service[id(found)]] if found else None)

    def place(self, called: Called) -> str:
        """Which address of this machine is called; empty for none, and where that cannot be told."""
        caller, call, addresses = called.caller, called.call, self.seen.machine.addresses
        if not call.is_machine or not addresses:
            return ""
        if call.host in LOOPBACK:
            return "127.0.0.1"
        value = caller.environment.get(call.what, "")
        named = (
            each for each in addresses.values() if re.search(rf"(?<![\w.]){re.escape(each)}(?![\w.])", value)
        )
        return next(named, addresses.get(_BRIDGE, ""))

    def named(self, host: str) -> Container | None:
        """The container that others reach under this name or address."""
        for each in self.near:
            if host in each.addresses or host in (each.name, each.label):
                return each
        found = self.compose.named(host)
        return next((each for each in self.near if self.compose.services[each.name] is found), None)

    def comps(self, container: Container) -> tuple[Comp, ...]:
        """The comps that a container may be, by its image and settings."""
        return self.contracts.of_service(self.compose.services[container.name])

    def probe(self, subject: str) -> Probe | None:
        """What was asked of a container or an address of this name."""
        return next((each for each in self.seen.probes if each.subject == subject), None)

    def comp(self, probe: Probe) -> Comp | None:
        """What is to answer where it was asked; None where that is not known."""
        return self.contracts.comps.get(probe.comp)
