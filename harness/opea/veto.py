"""`downstream_black_list`: a node's veto of nodes after it.

An entry that is the name or the key of a node of the graph means just that node. Any other entry is upstream's
regular expression, searched in the key `name/Class` of each node right after the vetoing one. What cannot be
read (an invalid pattern, an entry that is no text) vetoes all of them: a guardrail that errs, errs on that side.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

BLACK_LIST = "downstream_black_list"


def entries(output: Any) -> list[Any]:
    """The black list of a node's output, empty if it has none."""
    if not isinstance(output, dict):
        return []
    listed = output.get(BLACK_LIST)
    if listed is None:
        return []
    return list(listed) if isinstance(listed, (list, tuple)) else [listed]


def vetoed(listed: Sequence[Any], downstream: Sequence[str], nodes: Iterable[str]) -> set[str]:
    """Which of the nodes right after are vetoed; `nodes` are the keys of the whole graph."""
    names = {key: name_of(key) for key in nodes}
    found: set[str] = set()
    for entry in listed:
        if not isinstance(entry, str):
            return set(downstream)
        exact = {key for key, name in names.items() if entry in (key, name)}
        if exact:
            found |= exact.intersection(downstream)
            continue
        try:
            found |= {key for key in downstream if re.search(entry, key)}
        except re.error:
            return set(downstream)
    return found


def name_of(key: str) -> str:
    """A node's name, of its key `name/Class`."""
    return key.rpartition("/")[0] or key
