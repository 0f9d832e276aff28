"""What stands of a project in containers: its services, behind the forwarder where wires stand before some. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from harness.compose.forwarding import ITSELF, Place, after_forwarder, behind, forwarder, table_of
from harness.compose.project import Project
from harness.gateway.variables import traced_to
from harness.service import Composition, Probe, Service

HEALTH = Probe("/v1/health_check")
PYTHON = "python:3.11-slim"


def composition_of(
    project: Project,
    leading: Mapping[str, Place],
    ports: Mapping[str, Mapping[int, int]],
    telemetry: str = "",
) -> Composition:
    """The composition; `leading` maps parts to where their names lead, `ports` to the ports of this machine that are theirs."""
    gateway = project.megaservice
    containers = [part for part in project.parts.values() if part.service]
    services = [behind(part, leading, ports.get(part.name, {})) for part in containers]
    if gateway is not None:
        services = [_as_gateway(each, telemetry) if each.name == gateway.name else each for each in services]
    table = table_of(project, leading)
    if table:
        services = [after_forwarder(each, leading) for each in services]
        services = [forwarder(with_python(project), project, table, leading), *services]
    names = {part.name: part.name + (ITSELF if part.name in leading else "") for part in containers}
    called = names.get(gateway.name, "") if gateway else ""
    return Composition(project.name, tuple(services), project.volumes, names, called)


def _as_gateway(service: Service, telemetry: str) -> Service:
    """The megaservice, which is ready when its health route answers, if it has a port, and is told where traces go unless the file tells it."""
    told = traced_to(telemetry) if telemetry else {}
    probe = service.probe or (HEALTH if service.port and not service.comp else None)
    return replace(service, probe=probe, environment={**told, **service.environment})


def with_python(project: Project) -> str:
    """An image with a Python for the forwarder: the one that was named, else one of OPEA's own that is started anyway."""
    own = (part for part in project.parts.values() if part.comp and part.comp.framework)
    gateway = project.megaservice.image if project.megaservice else ""
    images = [project.forwarder, gateway, *(part.image for part in own), PYTHON]
    return next(filter(None, images))
