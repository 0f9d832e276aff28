"""Addresses where nobody listens: hosts that are no service, and ports of the other side of a mapping."""

from collections.abc import Iterator

from harness.lint.compose import Compose, Service
from harness.lint.finding import Found, Rule
from harness.lint.sources import Sources
from harness.lint.wiring import LOOPBACK, Call, answering, backend, calls, node_calls


def _calls(sources: Sources, compose: Compose) -> Iterator[Call]:
    """Every call, those of nodes first: what stands at one place is told once."""
    seen = set()
    for call in _of_nodes(sources, compose):
        seen.add((call.spot, call.host))
        yield call
    for service in compose.services.values():
        yield from (call for call in calls(compose, service) if (call.spot, call.host) not in seen)


def _of_nodes(sources: Sources, compose: Compose) -> Iterator[Call]:
    for megaservice in sources.megaservices:
        runs_in = backend(compose, megaservice)
        for _, call in node_calls(compose, megaservice, runs_in):
            if not (runs_in and call.host in LOOPBACK):
                yield call


def _unknown(sources: Sources) -> Iterator[Found]:
    compose = sources.compose
    if compose is None or compose.is_part:
        return
    for call in _calls(sources, compose):
        inside = call.caller is not None and not call.caller.is_on_host
        if inside and call.is_plain and compose.named(call.host) is None and not _is_elsewhere(call):
            yield Found(
                call.spot,
                f"{_who(call)} calls {call.host}, which is no service of these files",
                f"Call one of {', '.join(sorted(compose.services))}, or add the service",
            )


def _is_elsewhere(call: Call) -> bool:
    tree = call.caller.tree if call.caller else None
    if tree is None:
        return False
    names = {text.text.partition(":")[2] for key in ("links", "external_links") for text in tree.texts(key)}
    return call.host in names or call.host in {
        key.partition(":")[0] for key in tree.table("extra_hosts").items
    }


def _inside(sources: Sources) -> Iterator[Found]:
    compose = sources.compose
    for call in _calls(sources, compose) if compose else ():
        service = compose.named(call.host) if compose else None
        if service is None or call.port is None or service.is_on_host or call.caller is None:
            continue
        target = next((port.target for port in service.ports if port.published == call.port), None)
        if call.port not in service.own_ports and target:
            yield Found(
                call.spot,
                f"{_who(call)} calls {call.host}:{call.port}; {call.port} is published on the machine, in the container "
                f"it is {target}",
                f"Call {call.host}:{target}",
            )


def _outside(sources: Sources) -> Iterator[Found]:
    compose = sources.compose
    for call in _calls(sources, compose) if compose else ():
        service = answering(compose, call) if compose and call.is_machine else None
        port = next((port for port in service.ports if port.target == call.port), None) if service else None
        if service and port and port.published and all(each.published != call.port for each in service.ports):
            yield Found(
                call.spot,
                f"{_who(call)} calls port {call.port} of the machine; {service.name} listens there in its container only, "
                f"and is published as {port.published}",
                f"Call port {port.published}",
            )


def _itself(sources: Sources) -> Iterator[Found]:
    compose = sources.compose
    for call in _calls(sources, compose) if compose else ():
        caller = call.caller
        if (
            compose is None
            or caller is None
            or caller.is_on_host
            or call.host not in LOOPBACK
            or not call.port
        ):
            continue
        other = _listener(compose, call.port)
        if other is not None and other is not caller and call.port not in caller.own_ports:
            yield Found(
                call.spot,
                f"{_who(call)} calls {call.host}:{call.port}, which is its own container; {other.name} has that port",
                f"Call {other.name} by its name",
            )


def _listener(compose: Compose, number: str) -> Service | None:
    return next(
        (
            service
            for service in compose.services.values()
            for port in service.ports
            if number in (port.target, port.published)
        ),
        None,
    )


def _who(call: Call) -> str:
    return f"{call.caller.name} ({call.what})" if call.caller else call.what


RULES = (
    Rule(
        "host-unknown",
        "The name does not resolve in the stack's network: every call fails, and OPEA's orchestrator answers with a bare 500.",
        "Call a service by its name in the compose file",
        _unknown,
    ),
    Rule(
        "port-of-the-machine",
        "In the stack's network only the container's own port answers: the connection is refused.",
        "Call the right-hand side of the port mapping",
        _inside,
    ),
    Rule(
        "port-of-the-container",
        "From outside the container only the published port answers: the connection is refused.",
        "Call the left-hand side of the port mapping",
        _outside,
    ),
    Rule(
        "localhost-in-container",
        "localhost in a container is the container itself: the connection is refused.",
        "Call the service by its name in the compose file",
        _itself,
    ),
)
