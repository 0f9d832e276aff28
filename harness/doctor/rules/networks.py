"""Containers that call each other and cannot reach each other."""

from collections.abc import Iterator

from harness.doctor.case import Called, Case
from harness.doctor.finding import Found, Rank, Rule
from harness.doctor.seen import Container
from harness.redact import redact

_NAMELESS = "bridge"  # Docker's own default network, in which no name resolves.


def _pairs(case: Case) -> Iterator[tuple[Called, Container]]:
    """Every call by name from one container to another, each once."""
    seen = set()
    for each in case.called:
        key = (each.caller.name, each.call.host, each.call.port)
        if each.callee is not None and each.callee is not each.caller and key not in seen:
            seen.add(key)
            yield each, each.callee


def _apart(case: Case) -> Iterator[Found]:
    for each, callee in _pairs(case):
        caller = each.caller
        if each.call.is_machine or "host" in (caller.network_mode, callee.network_mode):
            continue
        if not caller.networks or not callee.networks:
            continue
        common = set(caller.networks) & set(callee.networks)
        if common - {_NAMELESS}:
            continue
        if common:
            what = f"calls {each.call.host} in Docker's default network, where no name resolves"
            fix = "Put both in a network of their own (`docker network create`), or raise them with compose"
        else:
            what = f"calls {callee.label}, and the two are in no common network"
            fix = f"Add {callee.label}'s network to {caller.label} in `networks`"
        yield Found(caller.label, what, (setting(each), *(_networks(one) for one in (caller, callee))), fix)


def _networks(container: Container) -> str:
    return f"networks of {container.name}: {', '.join(sorted(container.networks))}"


def setting(called: Called) -> str:
    """The setting that calls, without secrets."""
    value = called.caller.environment.get(called.call.what, "")
    return f"environment of {called.caller.name}: {redact(f'{called.call.what}={value}')}"


def _unheard(case: Case) -> Iterator[Found]:
    """Calls of the machine's own ports; where a container has the port inside alone, lint's rule says so."""
    closed = {(each.place, each.port) for each in case.seen.knocks if each.is_open is False}
    for each in case.called:
        place, port, callee = case.place(each), int(each.call.port or 0), each.callee
        published = [one for one in callee.ports if one.published == port] if callee else []
        if (place, port) not in closed or (callee and not (callee.is_up and published)):
            continue
        where = f"; {callee.label} publishes it on {published[0].address} alone" if callee else ""
        yield Found(
            each.caller.label,
            f"{each.call.what} calls port {port} of the machine at {place}, where nothing listens{where}",
            (setting(each), f"connecting to {place}:{port} is refused"),
            f"Publish it everywhere, `{port}:{published[0].target}`, or call {callee.label} by its name"
            if callee
            else "Start what is to listen there, or call a container by its name",
        )


def _down(case: Case) -> Iterator[Found]:
    """A callee of another stack that is not up; one of this stack is a finding of its own."""
    for each, callee in _pairs(case):
        if callee in case.seen.containers or callee.is_up:
            continue
        yield Found(
            each.caller.label,
            f"calls {callee.label}, which is {callee.state.word}",
            (setting(each),),
            f"Start it: `docker start {callee.name}`",
        )


def _closed(case: Case) -> Iterator[Found]:
    closed = {(each.place, each.port) for each in case.seen.knocks if each.is_open is False}
    for each, callee in _pairs(case):
        port = int(each.call.port or 0)
        if each.call.is_machine or (callee.name, port) not in closed or not callee.is_up:
            continue
        own = sorted(case.compose.services[callee.name].own_ports - {str(port)}, key=int)
        where = f"; it has {', '.join(own)}" if own else ""
        yield Found(
            each.caller.label,
            f"{each.call.what} calls {callee.label} on port {port}, where nothing listens in its container{where}",
            (setting(each), f"connecting to {callee.name}:{port} in its network is refused"),
            f"Call {each.call.host}:{own[0]}"
            if len(own) == 1
            else f"Call the port on which {callee.label} listens",
        )


RULES = (
    Rule(
        "networks-apart",
        Rank.SETTING,
        "two services that call each other by name and share no network",
        _apart,
    ),
    Rule("callee-down", Rank.SETTING, "a service of another stack that is called and is down", _down),
    Rule(
        "machine-port-closed",
        Rank.SETTING,
        "the machine called on a port where nothing listens, at the address that is called",
        _unheard,
    ),
    Rule(
        "port-closed",
        Rank.SETTING,
        "a service called on a port where nothing listens in its container",
        _closed,
    ),
)
