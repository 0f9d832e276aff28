"""What a node with several nodes before it gets: their outputs as one, whatever order they were added in.

Equal values merge, a differing `id` becomes a fresh one, black lists unite; any other key on which two outputs
differ is an error unless the graph declares a merge.
"""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from harness.opea.veto import BLACK_LIST


class CollisionError(ValueError):
    """Two nodes give different values under one key, or something that is no object."""


def merged(outputs: Mapping[str, Any]) -> Any:
    """One input of the outputs of several nodes, by node; a single output is handed on as it is, copied."""
    if len(outputs) == 1:
        (output,) = outputs.values()
        return dict(output) if isinstance(output, dict) else output
    result: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for node, output in outputs.items():
        if not isinstance(output, Mapping):
            raise CollisionError(
                f"{node} gave {type(output).__name__}, which cannot be joined with others; it must be an object"
            )
        for key, value in output.items():
            if key not in result:
                result[key], origin[key] = value, node
            elif key == BLACK_LIST:
                result[key] = _united(result[key], value)
            elif not _equal(result[key], value):
                if key != "id":
                    raise CollisionError(
                        f"{origin[key]} and {node} give different values of {key!r}; declare a merge, or align them"
                    )
                result[key] = uuid4().hex
    return result


def _united(one: Any, other: Any) -> list[Any]:
    united: list[Any] = []
    for each in (one, other):
        entries = each if isinstance(each, list) else [] if each is None else [each]
        united += [entry for entry in entries if entry not in united]
    return united


def _equal(one: Any, other: Any) -> bool:
    """Whether it makes no difference which of the two is handed on: 1 and true do differ, however deep they lie."""
    if type(one) is not type(other) or not bool(one == other):
        return False
    if isinstance(one, dict):
        return all(_equal(value, other[key]) for key, value in one.items())
    return not isinstance(one, (list, tuple)) or all(map(_equal, one, other))
