"""The part of a stack that runs in containers: raised from its composition, and where each node of it is."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.composition.images import ImageMap
from harness.discovery import COMP, discover
from harness.errors import StackError
from harness.jaeger.container import OTLP_PORT, QUERY_PORT
from harness.progress import Progress
from harness.service import Composition
from harness.stack.where import Where

if TYPE_CHECKING:
    from harness.composition.raising import Running
    from harness.containers.container import Container


@dataclass(frozen=True, slots=True)
class Contained:
    """What of a stack stands in containers: `upstream` is each node's address, `told` what stands there, in words.

    `settings` are for the mocks beside them, `traces` the addresses of their Jaeger. `containers` are those of nodes, by node, and of
    other services, by name; for one of these `hurts` names the node that cannot do without it.
    """

    upstream: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    traces: Mapping[str, str] = field(default_factory=dict)
    containers: Mapping[str, "Container"] = field(default_factory=dict)
    hurts: Mapping[str, str] = field(default_factory=dict)
    running: "Running | None" = None


@asynccontextmanager
async def contained(where: Where, logs: Path, progress: Progress) -> AsyncIterator[Contained]:
    """The containers that are wanted, while the context lasts; only here is anything of Docker imported.

    Raises StackError where there is no engine, and where one does not get ready.
    """
    if where.composition is None:
        yield Contained()
        return
    from harness.composition.raising import Means, raised
    from harness.containers.engine import connect
    from harness.containers.leftovers import sweep

    try:
        engine = connect()
    except StackError as error:
        raise StackError(f"{where.composition.name}: stands in containers, but {error}") from None
    means = Means(discover(COMP, where.folders), logs, where.images, pull=where.pull)
    with closing(engine):
        sweep(engine)
        async with raised(engine, where.composition, means, progress) as running:
            yield _found(running, where.images)


def _found(running: "Running", images: ImageMap) -> Contained:
    composition = running.composition
    nodes = composition.nodes
    others = {each.name for each in composition.services} - {*nodes.values()}
    calls = {each.name: urlsplit(running.url(each.name)).netloc for each in composition.services if each.port}
    return Contained(
        upstream={node: running.url(service) for node, service in nodes.items()},
        told={node: _told(composition.service(service).image, images) for node, service in nodes.items()},
        settings={name: _filled(value, calls) for name, value in composition.settings.items()},
        traces=_traces(running),
        containers={
            **{node: running.containers[service] for node, service in nodes.items()},
            **{name: running.containers[name] for name in sorted(others)},
        },
        hurts={name: node for name in sorted(others) if (node := _hurt(composition, name))},
        running=running,
    )


def _filled(value: str, calls: Mapping[str, str]) -> str:
    for name, place in calls.items():
        value = value.replace(f"{{{name}}}", place)
    return value


def _told(image: str, images: ImageMap) -> str:
    started = images.started(image)
    return image if started == image else f"{started} in the place of {image}"


def _traces(running: "Running") -> dict[str, str]:
    name = running.composition.traces
    if not name:
        return {}
    return {
        "query": running.url(name, QUERY_PORT),
        "otlp": f"{running.url(name, OTLP_PORT)}/v1/traces",
    }


def _hurt(composition: Composition, name: str) -> str:
    """The first node that comes after a service, near or far; empty where none does."""
    return next(
        (
            node
            for node, service in composition.nodes.items()
            if name in {each.name for each in composition.only([service]).services}
        ),
        "",
    )
