"""Who calls whom: the URLs and host names in a stack's environment, and a megaservice's nodes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from harness.lint.compose import Compose, Service
from harness.lint.finding import Spot
from harness.lint.graph import Graph, Node
from harness.lint.megaservice import Megaservice
from harness.lint.values import Value
from harness.lint.variables import Given, filled

LOOPBACK = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "::1"})

_URL = re.compile(
    r"\b[a-z][a-z0-9+.]*://(?:[^@/\s'\"]*@)?+(?P<host><\w+>|[\w.\-]+)(?::(?P<port>\d+))?", re.IGNORECASE
)
_HOST_KEY = re.compile(r"^(?P<stem>\w+?)_(?:HOST|HOST_IP|HOSTNAME|IP)$")
_PLAIN = re.compile(r"^[A-Za-z][\w\-]*$")
_MACHINE = re.compile(
    r"^<(?:external_|public_|local_|my_)?(?:host_?ip|ip_address|host)>$|^host\.docker\.internal$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Call:
    """One address that is called: by a service, or from the machine itself where `caller` is None.

    `host` is `<NAME>` where it is a variable that nothing gives. `what` names the setting or node that calls.
    """

    caller: Service | None
    host: str
    port: str | None
    what: str
    spot: Spot
    node: Node | None = None

    @property
    def is_plain(self) -> bool:
        """Is the host one word, as services are named?"""
        return bool(_PLAIN.match(self.host)) and self.host not in LOOPBACK

    @property
    def is_machine(self) -> bool:
        """Does it go to the machine that the containers run on?"""
        if self.host in LOOPBACK:
            return self.caller is None or self.caller.is_on_host
        return bool(_MACHINE.match(self.host))


class _Shown(dict[str, str | None]):
    """Variables of which those that nothing gives are shown as `<NAME>`."""

    def get(self, name: str, default: object = None) -> str:  # noqa: ARG002 - a dict's signature
        return super().get(name) or f"<{name}>"


def shown(text: str, given: Given) -> str:
    """The text with what is known of its variables, the others as `<NAME>`."""
    return filled(text, _Shown(given)) or ""


def calls(compose: Compose, service: Service) -> Iterator[Call]:
    """What a service's environment and command call."""
    for key, written in service.environment.items():
        if written is None:
            continue
        text = shown(written.text, compose.given)
        for match in _URL.finditer(text):
            yield Call(service, match["host"], match["port"], key, written.spot)
        if (host := _HOST_KEY.match(key)) and (_PLAIN.match(text) or _MACHINE.match(text)):
            port = service.value(f"{host['stem']}_PORT")
            yield Call(service, text, port if port and port.isdigit() else None, key, written.spot)


def backend(compose: Compose, megaservice: Megaservice) -> Service | None:
    """The service that runs the megaservice: the one that is given most of what its nodes read; None for none."""
    wanted = {
        value.variable
        for graph in megaservice.graphs
        for node in graph.members
        for value in (node.host, node.port)
        if value.variable
    }
    scored = [
        (len(wanted & (service.environment.keys() | (service.env_files or {}).keys())), -number, service)
        for number, service in enumerate(compose.services.values())
    ]
    score, _, best = max(scored, default=(0, 0, None), key=lambda each: each[:2])
    return best if score else None


def node_calls(
    compose: Compose, megaservice: Megaservice, runs_in: Service | None
) -> Iterator[tuple[Graph, Call]]:
    """What the nodes of each graph call, from the service that runs them or from the machine itself."""
    for graph in megaservice.graphs:
        for node in graph.members:
            host, spot = _given(compose, runs_in, node.host, node.spot)
            port, port_spot = _given(compose, runs_in, node.port, node.port_spot)
            if host:
                digits = port if port and port.isdigit() else None
                place = port_spot if runs_in is None else spot
                yield graph, Call(runs_in, host, digits, f"node {graph.label(node.key)}", place, node)


def _given(compose: Compose, runs_in: Service | None, value: Value, spot: Spot) -> tuple[str | None, Spot]:
    """The value that the node gets, and where it is given: in the compose file, else in the Python file."""
    if runs_in is not None and value.variable and runs_in.gives(value.variable):
        written = runs_in.environment.get(value.variable)
        known = shown(written.text, compose.given) if written else runs_in.value(value.variable)
        return known, runs_in.place(value.variable)
    return value.text, spot


def answering(compose: Compose, call: Call) -> Service | None:
    """The service that a call is meant for: by its name, by the port that it is published on, else by its own port.

    None where it is none of these, or where several services have that port of their own.
    """
    if not call.is_machine:
        return compose.named(call.host)
    ports = [(service, port) for service in compose.services.values() for port in service.ports]
    by_published = next(
        (service for service, port in ports if port.published and port.published == call.port), None
    )
    by_own = {service.name: service for service, port in ports if port.target == call.port}
    return by_published or (next(iter(by_own.values())) if len(by_own) == 1 else None)
