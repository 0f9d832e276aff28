"""Black-list patterns that veto every node, or none."""

import ast
import re
from collections.abc import Iterator

from harness.lint.finding import Found, Rule
from harness.lint.graph import Graph
from harness.lint.megaservice import Megaservice
from harness.lint.sources import Sources

_NAME = "downstream_black_list"
_SUFFIX = "/MicroService"  # OPEA searches its keys, `name/Class`.


def _patterns(megaservice: Megaservice) -> Iterator[tuple[str, ast.expr]]:
    """Every literal entry of a black list."""
    for node in megaservice.program.nodes:
        match node:
            case ast.keyword(arg=arg, value=listed) if arg == _NAME:
                yield from _literals(listed)
            case ast.Dict(keys=keys, values=values):
                for key, listed in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == _NAME:
                        yield from _literals(listed)
            case ast.Assign(targets=[target], value=listed) if _is_black_list(target):
                yield from _literals(listed)


def _is_black_list(target: ast.expr) -> bool:
    match target:
        case ast.Subscript(slice=ast.Constant(value=name)) | ast.Attribute(attr=name):
            return bool(name == _NAME)
    return False


def _literals(listed: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    for each in listed.elts if isinstance(listed, ast.List | ast.Tuple) else ():
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value, each


def _keys(graphs: tuple[Graph, ...]) -> list[str] | None:
    """The key of every node that comes after another; None where some cannot be told."""
    if any(graph.is_open or any(node.name is None for node in graph.members) for graph in graphs):
        return None
    after = {(id(graph), edge.after) for graph in graphs for edge in graph.edges}
    return sorted(
        {
            f"{node.name}{_SUFFIX}"
            for graph in graphs
            for node in graph.members
            if (id(graph), node.key) in after
        }
    )


def _everything(sources: Sources) -> Iterator[Found]:
    for megaservice in sources.megaservices:
        keys = _keys(megaservice.graphs) or []
        for pattern, node in _patterns(megaservice):
            if _compiles(pattern) and _vetoes_all(pattern, keys):
                yield Found(
                    megaservice.program.spot(node),
                    f"the black-list pattern {pattern!r} vetoes every node, whatever its name",
                )


def _vetoes_all(pattern: str, keys: list[str]) -> bool:
    """Does it match by the class's name, or match anything? A name that is the only node's own does not count."""
    return all(re.search(pattern, key) for key in (_SUFFIX, *keys))


def _nothing(sources: Sources) -> Iterator[Found]:
    for megaservice in sources.megaservices:
        keys = _keys(megaservice.graphs)
        for pattern, node in _patterns(megaservice):
            spot = megaservice.program.spot(node)
            if not _compiles(pattern):
                yield Found(spot, f"the black-list pattern {pattern!r} is no regular expression")
            elif keys and not any(re.search(pattern, key) for key in keys):
                names = ", ".join(key.removesuffix(_SUFFIX) for key in keys)
                yield Found(
                    spot,
                    f"the black-list pattern {pattern!r} matches no node; there are {names}",
                    "Spell the name as the node has it: `^llm/`",
                )


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


RULES = (
    Rule(
        "black-list-everything",
        "OPEA searches the pattern anywhere in the key `name/MicroService`, so it ends the request at this node, "
        "the nodes included that should speak the refusal.",
        "Name the nodes that are meant, anchored: `^llm/`; where every node is meant, leave this out with --ignore",
        _everything,
    ),
    Rule(
        "black-list-nothing",
        "The veto does nothing: what was to be blocked goes on to the next node. OPEA logs an invalid pattern and lets it pass.",
        "Write a pattern that matches the key `name/MicroService` of the node that is meant: `^llm/`",
        _nothing,
    ),
)
