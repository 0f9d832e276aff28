"""Two services on one port of the machine."""

from collections import defaultdict
from collections.abc import Iterator

from harness.lint.compose import Port, Service
from harness.lint.finding import Found, Rule
from harness.lint.sources import Sources

_ANY = ("", "0.0.0.0")


def _find(sources: Sources) -> Iterator[Found]:
    takers: dict[tuple[str, str], list[tuple[Service, Port]]] = defaultdict(list)
    for service in sources.compose.services.values() if sources.compose else ():
        for port in service.ports:
            if port.published:
                takers[port.published, port.protocol].append((service, port))
    for (number, _), pairs in takers.items():
        clashing = [pair for pair in pairs if any(_clash(*pair, *other) for other in pairs)]
        if clashing:
            names = ", ".join(dict.fromkeys(service.name for service, _ in clashing))
            first, *rest = sorted({port.spot for _, port in clashing})
            yield Found(first, f"port {number} of the machine is published by {names}", also=tuple(rest))


def _clash(first: Service, one: Port, second: Service, other: Port) -> bool:
    if first.name == second.name:
        return False
    together = not first.profiles or not second.profiles or bool(first.profiles & second.profiles)
    return together and (one.address == other.address or one.address in _ANY or other.address in _ANY)


RULES = (
    Rule(
        "host-port-twice",
        "Only one of these containers can start: its port is taken for the others.",
        "Publish each on a port of its own, or on none: services reach each other by name",
        _find,
    ),
)
