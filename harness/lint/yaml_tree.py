"""YAML with its line numbers: mappings, lists and texts that know where they stand, and how compose merges two of them.

Texts stay as they were written: `"8888:8888"`, `true` and `30s` are all text here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from harness.errors import UsageError
from harness.lint.finding import Spot, Text

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "tag:yaml.org,2002:merge"
_NULL = "tag:yaml.org,2002:null"
_LIMIT = 100_000  # The largest compose file of GenAIExamples has about 2,000.
_DEPTH = 60


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    items: tuple["Tree", ...]
    spot: Spot
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; `keys` says where each key stands."""

    items: dict[str, "Tree"]
    spot: Spot
    keys: dict[str, Spot] = field(default_factory=dict)
    tag: str = ""

    def table(self, key: str) -> "Table":
        """The mapping below the key, an empty one where there is none."""
        found = self.items.get(key)
        return found if isinstance(found, Table) else Table({}, self.keys.get(key, self.spot))

    def text(self, key: str) -> Text | None:
        """The text below the key, or None."""
        found = self.items.get(key)
        return found if isinstance(found, Text) else None

    def texts(self, key: str) -> tuple[Text, ...]:
        """The texts below the key: those of a list, or the one."""
        found = self.items.get(key)
        if isinstance(found, Text):
            return (found,)
        items = found.items if isinstance(found, Many) else ()
        return tuple(item for item in items if isinstance(item, Text))


Tree = Text | Many | Table | None


def read(path: Path) -> Table:
    """The file's mapping; raises UsageError, with the line, for a file that is no YAML or holds no mapping."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise UsageError(f"{path}:{line}: is no YAML: {error.problem}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: is no YAML: {error}") from error
    tree = _Reading(path).tree(root) if root is not None else None
    if not isinstance(tree, Table):
        raise UsageError(f"{path}: holds no mapping; a compose file has `services:`")
    return tree


class _Reading:
    """One file on its way from YAML's nodes to a tree; aliases are written out, up to a limit."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = _LIMIT

    def tree(self, node: yaml.Node, depth: int = 0) -> Tree:
        """The node and what is below it; raises UsageError where aliases make too much of it."""
        self._left -= 1
        if self._left < 0 or depth > _DEPTH:
            raise UsageError(
                f"{self._path}:{node.start_mark.line + 1}: holds more than can be read; "
                f"a compose file has up to {_LIMIT} entries, {_DEPTH} deep, aliases written out"
            )
        spot = self._spot(node)
        tag = node.tag if node.tag.startswith("!") else ""
        if tag == "!reset":
            return Many((), spot, tag)
        if isinstance(node, yaml.MappingNode):
            pairs = list(_flat(node))
            items = {str(key.value): self.tree(value, depth + 1) for key, value in pairs}
            return Table(items, spot, {str(key.value): self._spot(key) for key, _ in pairs}, tag)
        if isinstance(node, yaml.SequenceNode):
            return Many(tuple(self.tree(item, depth + 1) for item in node.value), spot, tag)
        return None if node.tag == _NULL else Text(str(node.value), spot)

    def _spot(self, node: yaml.Node) -> Spot:
        return Spot(str(self._path), node.start_mark.line + 1)


def _flat(node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """Keys and values, those of `<<` first, so that the mapping's own replace them."""
    for key, value in node.value:
        if key.tag == _MERGE:
            for each in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                if isinstance(each, yaml.MappingNode):
                    yield from _flat(each)
    yield from ((key, value) for key, value in node.value if key.tag != _MERGE)


def merged(below: Tree, above: Tree) -> Tree:
    """Two trees as compose merges files: mappings key by key, lists one after the other, else what is above."""
    if above is None:
        return below
    if isinstance(below, Table) and isinstance(above, Table) and above.tag != "!override":
        items = dict(below.items)
        for key, value in above.items.items():
            if isinstance(value, Many) and value.tag == "!reset":
                items.pop(key, None)
            else:
                items[key] = merged(items.get(key), value)
        return Table(items, below.spot, {**below.keys, **above.keys})
    if isinstance(below, Many) and isinstance(above, Many) and above.tag != "!override":
        return Many((*below.items, *above.items), below.spot)
    return above


def texts(tree: Tree) -> Iterator[Text]:
    """Every text of a tree, keys left out."""
    if isinstance(tree, Text):
        yield tree
    elif isinstance(tree, Many):
        for item in tree.items:
            yield from texts(item)
    elif isinstance(tree, Table):
        for item in tree.items.values():
            yield from texts(item)
