"""One service of a compose file as a container that is to stand: every variable filled in, this machine's address by our name for it."""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.compose.asked import MACHINE
from harness.compose.notes import ENGINE
from harness.compose.variables import Values, settings
from harness.errors import StackError
from harness.lint.compose import Service
from harness.lint.finding import Spot, Text
from harness.lint.variables import filled
from harness.lint.yaml_tree import Many, Table, Tree
from harness.service import Probe

_SIZE = re.compile(r"^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$", re.IGNORECASE)
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_FOLDER = (".", "/", "~")
_YES = ("true", "yes", "1", "on")


@dataclass(frozen=True, slots=True)
class Mounts:
    """What is mounted: volumes of the project by name, and folders and files of this machine.

    `instead` are the folders that are not there, for each of which an empty volume stands.
    """

    volumes: Mapping[str, str] = field(default_factory=dict)
    binds: tuple[Mapping[str, object], ...] = ()
    instead: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resolver:
    """Reads the settings of one service; `values` give its variables, `addresses` are this machine's."""

    service: Service
    values: Values
    addresses: frozenset[str] = frozenset()

    def text(self, written: str) -> str:
        """The text with its variables filled in, and our name for this machine in the place of its address."""
        value = filled(written, self.values) or ""
        for address in self.addresses:
            value = re.sub(rf"(?<![\w.-]){re.escape(address)}(?![\w.-])", MACHINE, value)
        return value

    def of(self, key: str) -> str:
        """A plain setting; empty where there is none."""
        found = self.service.tree.text(key)
        return self.text(found.text) if found else ""

    def many(self, key: str) -> tuple[str, ...]:
        """The texts of a list, or the one."""
        return tuple(self.text(each.text) for each in self.service.tree.texts(key))

    def environment(self) -> dict[str, str]:
        """What the container is told: its env files, then its own settings; raises StackError for an env file that is not there."""
        found: dict[str, str] = {}
        for name, spot, required in self._env_files():
            path = self.service.folder / name
            if path.is_file():
                found |= {key: self._ours(value) for key, value in settings(path, self.values).items()}
            elif required:
                raise StackError(f"{spot}: {self.service.name}: env_file {path} is no file")
        for key, value in self.service.tree.table("environment").items.items():
            if isinstance(value, Text):
                found[key] = self.text(value.text)
            elif key in self.values:  # Without a value it is handed through, if there is something.
                found[key] = self._ours(self.values[key])
        return found

    def _ours(self, value: str) -> str:
        return self.text(value.replace("$", "$$"))

    def _env_files(self) -> Iterator[tuple[str, Spot, bool]]:
        listed = self.service.tree.items.get("env_file")
        for item in listed.items if isinstance(listed, Many) else (listed,):
            if isinstance(item, Text):
                yield self.text(item.text), item.spot, True
            elif isinstance(item, Table) and (path := item.text("path")):
                required = item.text("required")
                yield self.text(path.text), path.spot, required is None or required.text.lower() in _YES

    def words(self, key: str) -> tuple[str, ...]:
        """A command, which is a list or one text that is split as a shell would; raises StackError for an open quote."""
        found = self.service.tree.items.get(key)
        if not isinstance(found, Text):
            return self.many(key)
        try:
            return tuple(shlex.split(self.text(found.text)))
        except ValueError as error:
            raise StackError(
                f"{found.spot}: {self.service.name}: `{key}` cannot be split into words: {error}"
            ) from error

    def ports(self) -> dict[int, int | None]:
        """The inner ports, those that are published first, and to which port of this machine the file publishes each."""
        found: dict[int, int | None] = {}
        for port in self.service.ports:
            if port.protocol == "tcp":
                published = port.published or ""
                found[int(port.target)] = int(published) if published.isdigit() else None
        for each in self.many("expose"):
            if each.isdigit():
                found.setdefault(int(each), None)
        return found

    def probe(self) -> Probe | None:
        """Its health check, run inside; None where it has none."""
        check = self.service.tree.table("healthcheck")
        off = check.text("disable")
        words = [self.text(each.text) for each in check.texts("test")]
        if not words or words[0] == "NONE" or (off is not None and off.text.lower() in _YES):
            return None
        if words[0] == "CMD":
            return Probe(command=tuple(words[1:]))
        return Probe(
            command=("/bin/sh", "-c", words[1] if words[0] == "CMD-SHELL" and len(words) > 1 else words[0])
        )

    def memory_bytes(self) -> int:
        """Its limit of memory; 0 for none. Raises StackError for one that is no size."""
        limits = self.service.tree.table("deploy").table("resources").table("limits").text("memory")
        written = self.of("mem_limit") or (self.text(limits.text) if limits else "")
        match = _SIZE.match(written) if written else None
        if written and match is None:
            raise StackError(
                f"{self.service.spot}: {self.service.name}: memory {written!r} is no size such as 512m"
            )
        return int(float(match[1]) * _UNITS[match[2].lower()]) if match else 0

    def more(self) -> dict[str, Any]:
        """What else the engine is told, by docker-py's names."""
        found: dict[str, Any] = {}
        for key, name in ENGINE.items():
            item = self.service.tree.items.get(key)
            if isinstance(item, Many):
                found[name] = list(self.many(key))
            elif isinstance(item, Text):
                value = self.of(key)
                found[name] = value.lower() in _YES if key in ("init", "privileged") else value
        if tmpfs := self.many("tmpfs"):
            found["tmpfs"] = {each.partition(":")[0]: each.partition(":")[2] for each in tmpfs}
        if hosts := self._hosts():
            found["extra_hosts"] = hosts
        return {name: value for name, value in found.items() if value not in ("", [], False)}

    def _hosts(self) -> dict[str, str]:
        table = self.service.tree.table("extra_hosts")
        found: dict[str, str] = {}
        for key, value in table.items.items():
            # `name:address` has no `=`, and stands as a key without a value.
            name, _, rest = key.partition(":")
            found[name] = self.text(value.text) if isinstance(value, Text) else rest
        return found

    def mounts(self, named: frozenset[str]) -> Mounts:
        """Its mounts, short and long; `named` are the volumes at the file's top."""
        volumes: dict[str, str] = {}
        binds: list[Mapping[str, object]] = []
        instead: list[str] = []
        listed = self.service.tree.items.get("volumes")
        for item in listed.items if isinstance(listed, Many) else ():
            source, target, is_read_only = self._mount(item)
            if not target:
                continue
            if source in named or not source.startswith(_FOLDER):
                volumes[source or f"{self.service.name}{target.replace('/', '-')}"] = target
                continue
            path = Path(source).expanduser()
            path = (path if path.is_absolute() else self.service.folder / path).resolve()
            if path.exists():
                binds.append(
                    {"Type": "bind", "Source": str(path), "Target": target, "ReadOnly": is_read_only}
                )
            else:
                instead.append(str(path))
                volumes[f"{self.service.name}{target.replace('/', '-')}"] = target
        return Mounts(volumes, tuple(binds), tuple(instead))

    def _mount(self, item: Tree) -> tuple[str, str, bool]:
        """Where from, where to, and whether it is only read; no target for what is none."""
        if isinstance(item, Table):
            kind, source, target, only = (item.text(key) for key in ("type", "source", "target", "read_only"))
            if kind is not None and kind.text not in ("bind", "volume"):
                return "", "", False
            is_only = only is not None and only.text.lower() in _YES
            return self.text(source.text) if source else "", self.text(target.text) if target else "", is_only
        if not isinstance(item, Text):
            return "", "", False
        parts = self.text(item.text).split(":")
        if len(parts) == 1:
            return "", parts[0], False
        return parts[0], parts[1], len(parts) > 2 and "ro" in parts[2].split(",")
