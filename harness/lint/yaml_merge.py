"""How compose makes one mapping of services out of several files: `-f` in order, `include` and `extends`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from os.path import normpath
from pathlib import Path

from harness.lint.finding import Spot, Text
from harness.lint.shape import check_shape
from harness.lint.yaml_tree import Many, Table, Tree, merged, read

_REPLACED = ("command", "entrypoint")
_AS_TABLES = ("environment", "depends_on", "labels", "extra_hosts")


@dataclass(slots=True)
class Merge:
    """The services of all files, and whether some of what they name could not be read."""

    services: dict[str, Table] = field(default_factory=dict)
    places: dict[str, Spot] = field(default_factory=dict)
    missing: list[Spot] = field(default_factory=list)
    _reading: set[Path] = field(default_factory=set)

    def add(self, path: Path) -> None:
        """Put a file over what there is; raises UsageError for one that is no compose file."""
        if path.resolve() in self._reading:
            return
        self._reading.add(path.resolve())
        tree = _checked(path)
        for include in _included(tree):
            self._add_other(beside(path, include.text), include.spot)
        own = tree.table("services")
        for name, service in own.items.items():
            if isinstance(service, Table):
                full = self._extended(service, own, path, ())
                self.services[name] = over(self.services.get(name), full)
                self.places.setdefault(name, own.keys[name])

    def _add_other(self, path: Path, spot: Spot) -> None:
        if path.is_file():
            self.add(path)
        else:
            self.missing.append(spot)

    def _extended(self, service: Table, own: Table, path: Path, seen: tuple[str, ...]) -> Table:
        """The service over the one that it extends, in this file or another."""
        name = service.text("extends") or service.table("extends").text("service")
        if name is None or name.text in seen:
            return normal(service)
        there, services = path, own
        if file := service.table("extends").text("file"):
            there = beside(path, file.text)
            if not there.is_file():
                self.missing.append(file.spot)
                return normal(service)
            services = _checked(there).table("services")
        parent = services.items.get(name.text)
        if not isinstance(parent, Table):
            self.missing.append(name.spot)
            return normal(service)
        return over(self._extended(parent, services, there, (*seen, name.text)), normal(service))


def _checked(path: Path) -> Table:
    tree = read(path)
    check_shape(tree)
    return tree


def beside(path: Path, name: str) -> Path:
    """A file that another one names, without the detours."""
    return Path(normpath(path.parent / name))


def merge(paths: Sequence[Path]) -> Merge:
    """All files, each over those before it."""
    whole = Merge()
    for path in paths:
        whole.add(path)
    return whole


def over(below: Table | None, above: Table) -> Table:
    """One service over another; its own place is that of the lower one, where it is first spoken of."""
    if below is None:
        return above
    kept = {key: value for key, value in below.items.items() if not (key in _REPLACED and key in above.items)}
    both = merged(Table(kept, below.spot, below.keys), above)
    return both if isinstance(both, Table) else above


def normal(service: Table) -> Table:
    """The service with its list forms as mappings, so that they merge by key."""
    items: dict[str, Tree] = dict(service.items)
    for key in _AS_TABLES:
        listed = items.get(key)
        if isinstance(listed, Many):
            items[key] = _as_table(listed)
    return Table(items, service.spot, service.keys)


def _as_table(listed: Many) -> Table:
    items: dict[str, Tree] = {}
    keys: dict[str, Spot] = {}
    for item in listed.items:
        if isinstance(item, Text):
            name, equals, value = item.text.partition("=")
            items[name] = Text(value, item.spot) if equals else None
            keys[name] = item.spot
    return Table(items, listed.spot, keys, listed.tag)


def _included(tree: Table) -> list[Text]:
    found = list(tree.texts("include"))
    listed = tree.items.get("include")
    for item in listed.items if isinstance(listed, Many) else ():
        if isinstance(item, Table):
            found += item.texts("path")
    return found
