"""Gathers what is to be judged: from Docker, from addresses, from the machine, all at once and within a limit."""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from socket import AF_INET

import psutil

from harness.client import Client
from harness.comp import Comp
from harness.doctor.asking import WAIT_S, Asking, Wanted
from harness.doctor.case import Case
from harness.doctor.choice import choose
from harness.doctor.composed import STANDS_IN
from harness.doctor.engine import Engine, connected
from harness.doctor.identity import services_of
from harness.doctor.inspection import container_of, seconds
from harness.doctor.places import addresses, knocks, unasked
from harness.doctor.seen import Container, Knock, Machine, Probe, Seen

LIMIT_S = 2.7  # The whole is to be over within 5 s, and Python has to import what it needs first.
EXPORT_S = 10.0  # OpenTelemetry's SDK hands spans over every 5 s.
_IMAGES = ("opea/", STANDS_IN)


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be looked at: names of projects or containers, addresses, and the comps that are known.

    `is_passive`: no request of a contract is put, and nothing is asked of the megaservice; else each may take `wait_s`.
    """

    names: tuple[str, ...]
    wanted: tuple[Wanted, ...]
    comps: Mapping[str, Comp]
    folders: tuple[Path, ...] = ()
    is_passive: bool = False
    wait_s: float = WAIT_S

    @property
    def limit_s(self) -> float:
        """How long the whole may take; a retriever is asked after an embedding."""
        return LIMIT_S if self.wait_s <= WAIT_S else LIMIT_S + 2 * self.wait_s


async def look(what: Look, engine: Engine | None) -> Seen:
    """Everything at one moment; what took too long is among the unseen.

    Raises UsageError for a name that is none, and StackError where there is nothing to look at.
    """
    reading = _Reading(what, engine)
    try:
        async with asyncio.timeout(what.limit_s):
            await reading.read()
    except TimeoutError:
        reading.unseen.append(f"not all could be looked at within {what.limit_s:g} s")
    return reading.seen


async def look_at(what: Look, address: str) -> Seen:
    """The same with Docker's address, empty for a look without Docker; raises StackError where it cannot be asked."""
    return await look(what, await connected(address) if address else None)


class _Reading:
    """One look on its way: what is known when the time is over stays known."""

    def __init__(self, what: Look, engine: Engine | None) -> None:
        self._what = what
        self._engine = engine
        self._probes: dict[str, Probe] = {}
        self._knocks: list[Knock] = []
        self._seen = Seen(machine=machine(Path.cwd()))
        self.unseen: list[str] = []

    @property
    def seen(self) -> Seen:
        """What is known so far."""
        probes, knocks = tuple(self._probes.values()), tuple(self._knocks)
        unseen = (*self._seen.unseen, *self.unseen)
        return replace(self._seen, probes=probes, knocks=knocks, unseen=unseen)

    async def read(self) -> None:
        """Containers first, since they say what else there is to ask."""
        if self._engine is not None:
            self._seen = await _containers(self._engine, self._what, self._seen)
        case = Case(self._seen, folders=self._what.folders)
        wanted, notes = addresses(case, self._engine) if self._engine else ([], [])
        self._seen = replace(self._seen, notes=tuple(notes))
        client = Client()
        asking = Asking(client, self._what.comps, self._what.is_passive, self._what.wait_s, self._probes)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(asking.ask((*self._what.wanted, *wanted)))
                group.create_task(self._knock(case))
        finally:
            await client.close()
        self._forget(wanted)
        if self._engine is not None:
            self._seen = await _heard(self._engine, self._seen, self._probes)
            if any(services_of(each) == [] for each in self._probes.values()):
                self._seen = await _before(self._engine, self._seen)

    async def _knock(self, case: Case) -> None:
        if self._engine is not None:
            self._knocks += await knocks(case, self._engine)

    def _forget(self, wanted: list[Wanted]) -> None:
        """Whose network turned out to be elsewhere (Docker in a virtual machine) says nothing by its silence."""
        own = {f"http://{address}:" for each in self._seen.containers for address in each.addresses}
        for each in wanted:
            answers = self._probes[each.subject].answers.values()
            if each.url.startswith(tuple(own)) and all(one.error == "connect_timeout" for one in answers):
                del self._probes[each.subject]
                self._seen = replace(self._seen, notes=(*self._seen.notes, unasked(each.subject)))


async def _containers(engine: Engine, what: Look, seen: Seen) -> Seen:
    choice = choose(await engine.containers(), what.names, _IMAGES)
    chosen, near, info = await asyncio.gather(
        asyncio.gather(*(_whole(engine, id_) for id_ in choice.chosen)),
        asyncio.gather(*(engine.inspect(id_) for id_ in choice.neighbours)),
        engine.info(),
    )
    there = [each for each in chosen if each]
    return replace(
        seen,
        containers=tuple(container for container, _ in there),
        neighbours=tuple(container_of(each) for each in near if each),
        machine=_around(Path(info.get("DockerRootDir") or "/")) if engine.is_here else seen.machine,
        now_s=seconds(info.get("SystemTime") or ""),
        unseen=tuple(why for _, why in there if why),
    )


async def _whole(engine: Engine, id_: str) -> tuple[Container, str] | None:
    """A container with its log, and why that could not be read; None for one that has gone meanwhile."""
    said, log = await asyncio.gather(engine.inspect(id_), engine.log(id_))
    if said is None:
        return None
    found = container_of(said, log or ())
    return found, "" if log is not None else f"{found.label}: its log cannot be read with its logging driver"


async def _heard(engine: Engine, seen: Seen, probes: Mapping[str, Probe]) -> Seen:
    """With the logs of those who failed before our eyes read again: why stands there now."""

    async def again(container: Container) -> Container:
        probe = probes.get(container.label)
        answer = probe.answers.get("contract") if probe else None
        if answer is None or answer.status < 500:
            return container
        return replace(container, log=await engine.log(container.name) or container.log)

    return replace(seen, containers=tuple(await asyncio.gather(*map(again, seen.containers))))


async def _before(engine: Engine, seen: Seen) -> Seen:
    """With what their logs said some time ago: traces of what was served since may be on their way."""
    until_s = seen.now_s - EXPORT_S
    pasts = await asyncio.gather(*(engine.log(each.name, until_s) for each in seen.containers))
    told = (replace(each, past=past or ()) for each, past in zip(seen.containers, pasts, strict=True))
    return replace(seen, containers=tuple(told))


def _around(place: Path) -> Machine:
    """The machine that the containers run on, with its addresses."""
    interfaces = psutil.net_if_addrs().items()
    found = {name: each.address for name, rows in interfaces for each in rows if each.family == AF_INET}
    return replace(machine(place), addresses={name: where for name, where in found.items() if name != "lo"})


def machine(place: Path) -> Machine:
    """What this machine has left; the disk that holds the place, or that of the root where that may not be read."""
    memory = psutil.virtual_memory()
    while not place.exists() and place != place.parent:
        place = place.parent
    disk = shutil.disk_usage(place)
    return Machine(disk.free, disk.total, memory.available, memory.total, str(place))
