"""What runs, as lint reads a compose file: so the rules on addresses, settings and traces are lint's own, put to what is really there."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from harness.doctor.seen import Container
from harness.lint.compose import Compose, Service
from harness.lint.finding import Spot, Text
from harness.lint.yaml_tree import Many, Table, Tree

MACHINE = "host.docker.internal"
STANDS_IN = "opea-harness.local/"
# Stand-ins of what is none of OPEA's own, or one of several of an image.
_OTHERS = {
    "embedding-clip": "opea/embedding",
    "jaeger": "jaegertracing/all-in-one",
    "ollama": "ollama/ollama",
    "pgvector": "pgvector/pgvector",
}
_REGISTRIES = ("docker.io/library/", "docker.io/")


def composed(containers: Iterable[Container], addresses: Iterable[str] = ()) -> Compose:
    """The containers as the services of one compose stack, by their names; `addresses` are the machine's, which settings may name.

    A spot's file is the container's name; its line is the place of the setting among those of its environment, from 1.
    """
    machine = _any_of(addresses)
    return Compose({each.name: _service(each, machine) for each in containers}, {})


def _any_of(addresses: Iterable[str]) -> re.Pattern[str]:
    words = "|".join(map(re.escape, addresses))
    return re.compile(rf"(?<![\w.])(?:{words})(?![\w.])" if words else r"(?!)")


def image_of(container: Container) -> str:
    """The image as its makers name it: a stand-in's without the name that says what it is."""
    return real_name(container.image)


def real_name(image: str) -> str:
    """An image's name as its makers know it, without the registry that is everybody's, and without what says that it stands in."""
    for prefix in _REGISTRIES:
        image = image.removeprefix(prefix)
    if image.startswith(STANDS_IN):
        image = image.removeprefix(STANDS_IN)
        name, colon, tag = image.partition(":")
        if name in _OTHERS:
            return _OTHERS[name] + colon + tag
        return image if "/" in image else f"opea/{image}"
    return image


def called_name(container: Container, line: int) -> str | None:
    """The variable at that line of a container's spots; None for none."""
    names = list(_variables(container))
    return names[line - 1] if 0 < line <= len(names) else None


def _variables(container: Container) -> Mapping[str, str]:
    """Its environment without the proxies, which are called by whoever wants the world outside."""
    return {
        name: value
        for name, value in container.environment.items()
        if not name.lower().endswith(("_proxy", "proxy_url"))
    }


def _service(container: Container, machine: re.Pattern[str]) -> Service:
    spot = Spot(container.name, 0)
    items: dict[str, Tree] = {
        "image": _text(image_of(container), spot),
        "container_name": _text(container.name, spot),
        "environment": _environment(container, machine),
        "ports": Many(tuple(_text(each, spot) for each in _ports(container)), spot),
        "expose": Many(tuple(_text(str(each.target), spot) for each in container.ports), spot),
        "command": Many(tuple(_text(word, spot) for word in container.command), spot),
        "networks": Table(
            {name: _joined(each.names, spot) for name, each in container.networks.items()}, spot
        ),
    }
    if container.hostname:
        items["hostname"] = _text(container.hostname, spot)
    if container.network_mode == "host":
        items["network_mode"] = _text("host", spot)
    if container.health is not None:
        test = Many(tuple(_text(word, spot) for word in container.health.test), spot)
        items["healthcheck"] = Table({"test": test}, spot)
    return Service(container.label, spot, Table(items, spot), {}, Path())


def _text(value: str, spot: Spot) -> Text:
    """A value that holds no variable any more."""
    return Text(value.replace("$", "$$"), spot)


def _environment(container: Container, machine: re.Pattern[str]) -> Table:
    """As compose would show it, with one name for the machine."""
    keys = {name: Spot(container.name, line) for line, name in enumerate(_variables(container), 1)}
    items: dict[str, Tree] = {
        name: _text(machine.sub(MACHINE, value), keys[name]) for name, value in _variables(container).items()
    }
    return Table(items, Spot(container.name, 0), keys)


def _ports(container: Container) -> list[str]:
    return [f"{each.published}:{each.target}" for each in container.ports if each.published]


def _joined(names: tuple[str, ...], spot: Spot) -> Table:
    return Table({"aliases": Many(tuple(_text(name, spot) for name in names), spot)}, spot)
