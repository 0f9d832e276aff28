"""How large a thing may be, as a ratchet: `tests/tidy_exceptions.txt` holds what is larger, and may only shrink."""

import ast
import sys
from collections.abc import Iterator

from tests.tidy.tree import Checkout, Source, functions

EXCEPTIONS = "tests/tidy_exceptions.txt"
LIMITS = {
    "module": (400, "lines"),
    "function": (50, "lines"),
    "imports": (12, "top-level imports of what is not the standard library"),
}

Measured = dict[tuple[str, str], tuple[int, int]]


def sizes(checkout: Checkout) -> list[str]:
    """Report what is larger than its limit or its exception, and exceptions that are larger than what they except."""
    measured = {key: found for source in checkout.sources for key, found in _measure(source)}
    allowed, found = _read_exceptions(checkout)
    for (kind, name), (line, size) in measured.items():
        limit, unit = LIMITS[kind]
        most = max(limit, allowed.get((kind, name), limit))
        if size > most:
            path, _, inside = name.partition("::")
            found.append(f"{path}:{line}: {inside or kind} has {size} {unit}; {most} is the most")
    return found + _stale(allowed, measured)


def _measure(source: Source) -> Iterator[tuple[tuple[str, str], tuple[int, int]]]:
    yield ("module", source.path), (1, len(source.text.splitlines()))
    if not source.path.endswith("/__init__.py"):  # There, imports are the list of public names.
        yield ("imports", source.path), (1, sum(map(_couples, source.tree.body)))
    for name, node in functions(source):
        yield ("function", f"{source.path}::{name}"), (node.lineno, _lines(node))


def _couples(node: ast.stmt) -> bool:
    """Whether a statement ties the module to one of ours or somebody's; the standard library ties it to nothing."""
    match node:
        case ast.Import(names=names):
            return any(alias.name.split(".")[0] not in sys.stdlib_module_names for alias in names)
        case ast.ImportFrom(module=module, level=level):
            return level > 0 or str(module).split(".")[0] not in sys.stdlib_module_names
    return False


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _read_exceptions(checkout: Checkout) -> tuple[dict[tuple[str, str], int], list[str]]:
    allowed: dict[tuple[str, str], int] = {}
    found = []
    text = dict(checkout.texts).get(EXCEPTIONS, "")
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split()
        if len(words) != 3 or words[0] not in LIMITS or not words[2].isdigit():
            found.append(
                f"{EXCEPTIONS}:{number}: {line!r} is no exception; write for example: module harness/cli.py 410"
            )
            continue
        allowed[words[0], words[1]] = int(words[2])
    return allowed, found


def _stale(allowed: dict[tuple[str, str], int], measured: Measured) -> list[str]:
    found = []
    for (kind, name), most in allowed.items():
        _, size = measured.get((kind, name), (0, 0))
        if size <= LIMITS[kind][0]:
            found.append(f"{EXCEPTIONS}: {kind} {name} needs no exception any more; take its line out")
        elif size < most:
            found.append(f"{EXCEPTIONS}: {kind} {name} has shrunk to {size}; lower its {most}")
    return found
