"""A stack as its compose files describe it: services, and for each what the rules look at."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from harness.lint.finding import Spot, Text
from harness.lint.variables import Given, assigned, filled
from harness.lint.yaml_merge import merge
from harness.lint.yaml_tree import Many, Table

_PORT = re.compile(
    r"^(?:(?P<address>[^:]*):)??(?:(?P<published>[^:]*):)?(?P<target>\d+)(?:/(?P<protocol>\w+))?$"
)
PORT_MAX = 65_535
_FLAG = re.compile(r"--(?:http-)?port[= ]+(\d+)")


@dataclass(frozen=True, slots=True)
class Port:
    """A published port: on the host (None: any free one), and in the container."""

    published: str | None
    target: str
    spot: Spot
    protocol: str = "tcp"
    address: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """One entry of `depends_on`: whom the service waits for, and for what."""

    service: str
    condition: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Check:
    """A health check's command in one line, as written and as compose would read it."""

    written: str
    command: str | None
    spot: Spot
    is_off: bool = False


@dataclass(frozen=True)
class Service:
    """One service; `given` are the variables that its files are read with."""

    name: str
    spot: Spot
    tree: Table
    given: Given
    folder: Path

    def text(self, key: str) -> str | None:
        """A plain setting as compose would read it; None where it is not there or cannot be known."""
        found = self.tree.text(key)
        return filled(found.text, self.given) if found else None

    @cached_property
    def image(self) -> str:
        """The image without its tag, `opea/retriever`; empty where the service has none."""
        whole = (self.text("image") or "").partition("@")[0]
        head, slash, last = whole.rpartition("/")
        return head + slash + last.partition(":")[0]

    @cached_property
    def environment(self) -> dict[str, Text | None]:
        """What is written in `environment`; None for a variable that is handed through from the shell."""
        table = self.tree.table("environment")
        return {
            key: value if isinstance(value, Text) else None
            for key, value in table.items.items()
            if not isinstance(value, Table | Many)
        }

    @cached_property
    def env_files(self) -> Mapping[str, str | None] | None:
        """What the service's `env_file`s set; None where one of them is not there to be read."""
        found: dict[str, str | None] = {}
        listed = self.tree.items.get("env_file")
        names = list(self.tree.texts("env_file"))
        for item in listed.items if isinstance(listed, Many) else ():
            if isinstance(item, Table):
                names += item.texts("path")
        for name in names:
            path = self.folder / (filled(name.text, self.given) or "")
            if not path.is_file():
                return None
            found |= assigned(path.read_text(encoding="utf-8", errors="replace"))
        return found

    def gives(self, variable: str) -> bool:
        """Does the container get the variable, as far as can be known?"""
        return variable in self.environment or self.env_files is None or variable in self.env_files

    def value(self, variable: str) -> str | None:
        """The variable in the container; None where it is not there or not known."""
        if (written := self.environment.get(variable)) is not None:
            return filled(written.text, self.given)
        if variable in self.environment:
            return self.given.get(variable)
        return (self.env_files or {}).get(variable)

    def place(self, variable: str) -> Spot:
        """Where the variable is given, else where the service stands."""
        return self.tree.table("environment").keys.get(variable, self.spot)

    @cached_property
    def ports(self) -> tuple[Port, ...]:
        """The published ports, ranges and unknown ones left out."""
        listed = self.tree.items.get("ports")
        found = [self._port(item) for item in (listed.items if isinstance(listed, Many) else ())]
        return tuple(dict.fromkeys(port for port in found if port))

    @cached_property
    def unread_ports(self) -> tuple[Text, ...]:
        """What stands among the ports and is no single one, such as a range."""
        listed = self.tree.items.get("ports")
        items = listed.items if isinstance(listed, Many) else ()
        return tuple(item for item in items if isinstance(item, Text) and self._port(item) is None)

    def _port(self, item: object) -> Port | None:
        if isinstance(item, Table):
            target, published = item.text("target"), item.text("published")
            if target is None or not target.text.isdigit():
                return None
            host = filled(published.text, self.given) if published else None
            return Port(host, target.text, item.spot, (item.text("protocol") or Text("tcp", item.spot)).text)
        if not isinstance(item, Text) or (whole := filled(item.text, self.given)) is None:
            return None
        match = _PORT.match(whole)
        if match is None or int(match["target"]) > PORT_MAX:
            return None
        return Port(
            match["published"] or None,
            match["target"],
            item.spot,
            match["protocol"] or "tcp",
            match["address"] or "",
        )

    @cached_property
    def waits(self) -> tuple[Wait, ...]:
        """Its `depends_on`; the list form means `service_started`."""
        table = self.tree.table("depends_on")
        found = []
        for name, value in table.items.items():
            condition = value.text("condition") if isinstance(value, Table) else None
            found.append(
                Wait(
                    name, condition.text if condition else "service_started", table.keys.get(name, table.spot)
                )
            )
        return tuple(found)

    @cached_property
    def check(self) -> Check | None:
        """Its health check, or None."""
        table = self.tree.table("healthcheck")
        off = table.text("disable")
        if off is not None and off.text.lower() == "true":
            return Check("", "", off.spot, is_off=True)
        words = table.texts("test")
        if not words:
            return None
        shown = words[1:] if words[0].text in ("CMD", "CMD-SHELL") and len(words) > 1 else words
        written = " ".join(word.text for word in shown)
        return Check(written, filled(written, self.given), words[0].spot, is_off=words[0].text == "NONE")

    @cached_property
    def command(self) -> str:
        """Entry point and command in one line, as written."""
        parts = (*self.tree.texts("entrypoint"), *self.tree.texts("command"))
        return " ".join(part.text for part in parts)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name under which other containers reach it."""
        found = {self.name}
        for key in ("container_name", "hostname"):
            found |= {name for name in (self.text(key),) if name}
        for network in self.tree.table("networks").items.values():
            if isinstance(network, Table):
                found |= {alias.text for alias in network.texts("aliases")}
        return frozenset(found)

    @cached_property
    def own_ports(self) -> frozenset[str]:
        """The ports that something is known to listen on in the container."""
        found = {port.target for port in self.ports}
        found |= {text.text for text in self.tree.texts("expose")}
        found |= set(_FLAG.findall(filled(self.command, self.given) or ""))
        if self.check and self.check.command:
            found |= set(re.findall(r"(?:localhost|127\.0\.0\.1):(\d+)", self.check.command))
        return frozenset(found)

    @property
    def built_in(self) -> Path | None:
        """The folder of the Dockerfile that its image is built with, where the file names one and it is there."""
        build = self.tree.table("build")
        context, dockerfile = build.text("context"), build.text("dockerfile")
        if context is None or dockerfile is None:
            return None
        path = self.folder / context.text / dockerfile.text
        return path.parent if path.is_file() else None

    @property
    def is_on_host(self) -> bool:
        """Does it use the machine's own network?"""
        return self.text("network_mode") == "host"

    @property
    def profiles(self) -> frozenset[str]:
        """The profiles that start it; none: it is always started."""
        return frozenset(text.text for text in self.tree.texts("profiles"))


@dataclass(frozen=True)
class Compose:
    """All services of the files that were given together; `missing` are files and services that they name and that are not there."""

    services: Mapping[str, Service]
    given: Given
    missing: tuple[Spot, ...] = ()

    def named(self, host: str) -> Service | None:
        """The service that other containers reach under this name, or None."""
        if host in self.services:
            return self.services[host]
        return next((service for service in self.services.values() if host in service.names), None)

    @cached_property
    def is_part(self) -> bool:
        """Is this only a part of a stack: an overlay, or one that names files which are not there?"""
        return bool(self.missing) or any(
            not (service.tree.items.get("image") or service.tree.items.get("build"))
            for service in self.services.values()
        )


def read_compose(paths: Sequence[Path], given: Given) -> Compose:
    """The files, each over those before it; raises UsageError for one that is no compose file.

    `given` goes before what the `.env` beside the first file sets.
    """
    beside = paths[0].parent / ".env"
    own = assigned(beside.read_text(encoding="utf-8", errors="replace")) if beside.is_file() else {}
    whole = merge(paths)
    known = {**own, **given}
    services = {
        name: Service(name, whole.places[name], tree, known, paths[0].parent)
        for name, tree in whole.services.items()
    }
    return Compose(services, known, tuple(whole.missing))
