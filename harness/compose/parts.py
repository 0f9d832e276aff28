"""One service of a compose file as a part of its project: a container that is to stand, a mock, or what runs already."""

from collections.abc import Mapping

from harness import service as composition
from harness.comp import Comp
from harness.compose.asked import Asked
from harness.compose.known import comp_of
from harness.compose.project import Part
from harness.compose.resolving import Mounts, Resolver
from harness.compose.variables import Values
from harness.errors import StackError
from harness.lint.compose import Service


def part_of(
    service: Service, asked: Asked, comps: Mapping[str, Comp], values: Values, declared: frozenset[str]
) -> tuple[Part, Mounts]:
    """The part and what is mounted in it; `declared` are the volumes at the file's top. Raises UsageError for a wrong `--node`, StackError for what makes no sense."""
    resolver = Resolver(service, values, asked.addresses)
    comp = comp_of(service, asked.places.get(service.name, ""), comps)
    place, after = asked.place(service.name), tuple(wait.service for wait in service.waits)
    names, ports = frozenset(filter(None, service.names)), _ports(service, resolver, comp)
    if place:
        return Part(service.name, place, names, ports, comp=comp, after=after), Mounts()
    image = asked.image(service.name) or resolver.of("image").strip()
    if not image:
        raise StackError(
            f"{service.spot}: {service.name}: `image` names none; it is a text such as opea/retriever:latest"
        )
    mounts, called = resolver.mounts(declared), [comp.port] if comp and comp.port in ports else []
    more = resolver.more()
    wanted = composition.Service(
        service.name,
        image,
        tuple(dict.fromkeys([*called, *ports])),
        resolver.environment(),
        mounts.volumes,
        resolver.words("entrypoint"),
        resolver.words("command"),
        comp=comp.id if comp else "",
        probe=_probe(comp, resolver),
        aliases=tuple(sorted(names - {service.name})),
        memory_bytes=resolver.memory_bytes(),
        ready_limit_s=asked.ready_limit_s,
        more={**more, "mounts": list(mounts.binds)} if mounts.binds else more,
    )
    return Part(service.name, "", names, ports, wanted.environment, comp, wanted, after), mounts


def _ports(service: Service, resolver: Resolver, comp: Comp | None) -> dict[int, int | None]:
    """Its inner ports, those that something is known to listen on too; a comp's own where nothing tells."""
    ports = resolver.ports()
    for port in service.own_ports:
        if port.isdigit():
            ports.setdefault(int(port), None)
    if comp is not None and not ports:
        ports[comp.port] = None
    return ports


def _probe(comp: Comp | None, resolver: Resolver) -> composition.Probe | None:
    """What says that it is ready where no request of its contract does."""
    if comp is None:
        return resolver.probe()
    # A model server has the file's model, and its contract's requests name another.
    return None if comp.framework else composition.Probe(comp.ready)
