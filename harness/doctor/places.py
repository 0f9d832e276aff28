"""Where containers can be asked from here, and whether something listens where they call each other."""

import asyncio
from collections.abc import Iterable, Sequence

from harness.doctor.asking import Wanted
from harness.doctor.case import Case
from harness.doctor.composed import image_of
from harness.doctor.engine import Engine
from harness.doctor.seen import Container, Knock

KNOCK_S = 0.5
_JAEGER_PORT = 16686
_ANYWHERE = ("", "0.0.0.0", "::")


def addresses(case: Case, engine: Engine) -> tuple[list[Wanted], list[str]]:
    """Where each known container can be asked, and the notes of those which cannot be from here."""
    wanted, notes = [], []
    for container in case.seen.containers:
        comps = case.comps(container)
        is_jaeger = "jaeger" in image_of(container)
        if not container.is_up or not (comps or is_jaeger):
            continue
        url = _url(container, _JAEGER_PORT if is_jaeger else comps[0].port, engine)
        if url and is_jaeger:
            wanted.append(Wanted(container.label, "jaeger", url))
        elif url:
            wanted.append(Wanted(container.label, "node", url, comps[0]))
        else:
            notes.append(unasked(container.label))
    return wanted, notes


def unasked(subject: str) -> str:
    """Why a container could not be asked."""
    return f"{subject}: was not asked, because it publishes no port and its network is elsewhere"


def _url(container: Container, port: int, engine: Engine) -> str:
    """Where the machine publishes it, else its own address; empty where neither can be reached."""
    published = [each for each in container.ports if each.published]
    place = next((each for each in published if each.target == port), published[0] if published else None)
    if place is not None:
        host = engine.host if place.address in _ANYWHERE else place.address
        host = f"[{host}]" if ":" in host else host
        return f"http://{host}:{place.published}"
    if engine.is_here:
        return next((f"http://{address}:{port}" for address in container.addresses), "")
    return ""


async def knocks(case: Case, engine: Engine) -> tuple[Knock, ...]:
    """Whether something listens where containers call each other, as far as their network is this machine's."""
    if not engine.is_here:
        return ()
    places = {}
    for each in case.called:
        if each.call.is_machine and each.call.port and (place := case.place(each)):
            places[place, int(each.call.port)] = place
        elif (
            not each.call.is_machine
            and each.call.port
            and each.callee
            and each.callee.is_up
            and each.callee.addresses
        ):
            places[each.callee.name, int(each.call.port)] = each.callee.addresses[0]
    opened = await _opened(places.values(), [port for _, port in places])
    return tuple(Knock(name, port, answer) for (name, port), answer in zip(places, opened, strict=True))


async def _opened(hosts: Iterable[str], ports: Sequence[int]) -> list[bool | None]:
    return list(
        await asyncio.gather(*(_is_open(host, port) for host, port in zip(hosts, ports, strict=True)))
    )


async def _is_open(host: str, port: int) -> bool | None:
    try:
        async with asyncio.timeout(KNOCK_S):
            _, writer = await asyncio.open_connection(host, port)
    except ConnectionRefusedError:
        return False
    except (OSError, TimeoutError):
        return None
    writer.close()
    return True
