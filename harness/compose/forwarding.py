"""How a name and an inner port, such as `http://tei-embedding-service:80`, lead to a wire: one container that bears the names.

A service before which a wire stands keeps its own name for nobody. The forwarder bears it, listens on its inner ports, and passes on to
the wire on this machine. So nothing of what the services are told has to be changed, and it does not matter where they are told it. It bears
our name for this machine too, and there listens on the ports that the file publishes.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from harness.compose.asked import MACHINE
from harness.compose.project import Part, Project
from harness.service import Probe, Service

NAME = "opea-harness-forwarder"
ITSELF = "-itself"  # A service's own name, behind its wire.
PROGRAM = Path(__file__).with_name("forwarder.py")
ASKING = "import socket; socket.create_connection(('127.0.0.1', {port}), 2)"

Place = tuple[str, int]
Table = dict[int, dict[str, Place]]


def table_of(project: Project, leading: Mapping[str, Place]) -> Table:
    """Port -> name -> place; `leading` maps the parts whose names the forwarder bears to where each leads."""
    table: Table = {}
    for part in project.parts.values():
        for inner, published in part.ports.items():
            place = leading.get(part.name, (part.name, inner))
            if part.name in leading:
                for name in part.names:
                    table.setdefault(inner, {})[name] = place
            if published is not None:
                table.setdefault(published, {})[MACHINE] = place
    return table


def forwarder(image: str, project: Project, table: Table, leading: Mapping[str, Place]) -> Service:
    """The forwarder as a service; `image` is any that has a Python."""
    names = {name for part in project.parts.values() if part.name in leading for name in part.names}
    told = orjson.dumps(table, option=orjson.OPT_NON_STR_KEYS).decode()
    asking = ASKING.format(port=min(table, default=0))
    return Service(
        NAME,
        image,
        entrypoint=("python3", "-u", "-c", PROGRAM.read_text(encoding="utf-8")),
        command=(told,),
        probe=Probe(command=("python3", "-c", asking)) if table else None,
        aliases=(MACHINE, *sorted(names)),
        ready_limit_s=60.0,
    )


def behind(part: Part, leading: Mapping[str, Place], host_ports: Mapping[int, int]) -> Service:
    """The part's container, after the forwarder, and under another name where that bears its own."""
    assert part.service is not None
    service = replace(part.service, host_ports=dict(host_ports))
    if part.name not in leading:
        return replace(service, environment=_unproxied(part))
    return replace(service, name=part.name + ITSELF, aliases=(), environment=_unproxied(part))


def after_forwarder(service: Service, leading: Mapping[str, Any]) -> Service:
    """The service after the forwarder, and after others by the names that their containers bear."""
    after = (f"{name}{ITSELF}" if name in leading else name for name in service.after)
    return replace(service, after=(NAME, *after))


def _unproxied(part: Part) -> Mapping[str, str]:
    """What the container is told; where it is told of a proxy, our name for this machine is not for that."""
    told = dict(part.environment)
    if any(told.get(name) for name in ("http_proxy", "HTTP_PROXY")):
        for name in ("no_proxy", "NO_PROXY"):
            told[name] = ",".join(filter(None, (told.get(name, ""), MACHINE)))
    return told
