"""What is written for people: docstrings, promises with an issue number, and nothing of one machine."""

import ast
import re
from collections.abc import Iterator

from tests.tidy.tree import PACKAGES, Checkout, Source

Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

# The needles are put together here, so that this file does not hold what it looks for.
_PROMISE = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X"))
PROMISES = re.compile(rf"\b({_PROMISE})\b(?!\s*\(?#\d+)")
_FOLDERS = "|".join(("wo" + "rk", "ro" + "ot", "ho" + r"me/(?!user\b)\w+", "Us" + r"ers/\w+", "tmp" + "/w"))
MACHINE_PATHS = re.compile(rf"(?<![\w.\-])/(?:{_FOLDERS})/[\w.\-]*|sha" + r"red/(?:facts|recorded|design)\b")
_HOSTS = (
    ("py" + "pi", "org"),
    ("python" + "hosted", "org"),
    ("deb." + "debian", "org"),
    ("security." + "debian", "org"),
    ("registry." + "npm" + "js", "org"),
    ("crates", "io"),
    ("proxy.go" + "lang", "org"),
    ("maven", "org"),
)
INDEX_HOSTS = re.compile("|".join(rf"\b{name}\.{top}\b" for name, top in _HOSTS), re.IGNORECASE)
INDEX_OPTIONS = re.compile("--(?:" + "extra-" + ")?" + "(?:index" + "-url|find" + "-links|trusted" + "-host)")


def docstrings(checkout: Checkout) -> list[str]:
    """Report public modules, classes and functions that do not say what they are."""
    found = []
    for source in checkout.under(*PACKAGES, "benchmarks", "conftest.py"):
        if not source.text.strip():
            found.append(
                f"{source.path}:1: the module is empty; say in a docstring what it is for, or take it out"
            )
        elif ast.get_docstring(source.tree) is None:
            found.append(f"{source.path}:1: the module has no docstring")
        found += [
            f"{source.path}:{node.lineno}: {node.name} has no docstring"
            for node in _public(source.tree)
            if not ast.get_docstring(node)
        ]
    return found


def _public(parent: ast.Module | ast.ClassDef) -> Iterator[Documented]:
    """Yield public classes, functions and methods; what stands inside a function is nobody's to call."""
    for node in _statements(parent.body):
        if not isinstance(node, Documented) or node.name.startswith("_") or _is_overload(node):
            continue
        yield node
        if isinstance(node, ast.ClassDef):
            yield from _public(node)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try):
            yield from _statements([*node.body, *node.orelse])


def _is_overload(node: Documented) -> bool:
    return any(ast.unparse(mark).rsplit(".")[-1] in {"overload", "setter"} for mark in node.decorator_list)


def claims(checkout: Checkout) -> list[str]:
    """Report tests whose docstring does not state their claim in a sentence."""
    found = []
    for source in checkout.under("tests", "scenarios"):
        for node in source.nodes if source.is_test else ():
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not node.name.startswith(
                "test_"
            ):
                continue
            claim = ast.get_docstring(node) or ""
            if not claim:
                found.append(
                    f"{source.path}:{node.lineno}: {node.name} has no docstring; state its claim in a sentence"
                )
            elif claim.split("\n\n")[0].rstrip()[-1] not in ".:?":
                found.append(
                    f"{source.path}:{node.lineno}: the docstring of {node.name} is no sentence; end it with a full stop"
                )
    return found


def promises(checkout: Checkout) -> list[str]:
    """Report promises to do something later that no issue keeps."""
    return _lines(checkout, PROMISES, "has no issue number; write for example {0}(#12)")


def machine_paths(checkout: Checkout) -> list[str]:
    """Report paths that exist on one machine only."""
    return _lines(
        checkout,
        MACHINE_PATHS,
        "is a path of one machine; say where upstream it is from, or take it from tmp_path",
    )


def index_hosts(checkout: Checkout) -> list[str]:
    """Report where packages come from: that is the machine's setting, never the project's."""
    advice = "names a package index; leave that to the machine's settings"
    return _lines(checkout, INDEX_HOSTS, advice) + _lines(checkout, INDEX_OPTIONS, advice)


def _lines(checkout: Checkout, needle: re.Pattern[str], advice: str) -> list[str]:
    return [
        f"{path}:{number}: {match[0]} {advice.format(match[0])}"
        for path, text in checkout.texts
        if needle.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        for match in needle.finditer(line)
    ]


def sleeps(checkout: Checkout) -> list[str]:
    """Report tests that sleep for a time instead of waiting for a state.

    In a loop a sleep is the pace of polling; in a coroutine it blocks the event loop, which is then the point.
    """
    return [
        f"{source.path}:{node.lineno}: time.sleep waits for no state; poll the state, with a limit"
        for source in checkout.under("tests", "scenarios")
        if source.is_test or source.path.endswith("conftest.py")
        for node in _straight(source.tree)
        if isinstance(node, ast.Call) and _is_sleep(source, node)
    ]


def _straight(parent: ast.AST) -> Iterator[ast.AST]:
    """Yield what is executed once and in order: all but loops and coroutines."""
    for node in ast.iter_child_nodes(parent):
        if not isinstance(node, ast.While | ast.For | ast.AsyncFunctionDef):
            yield node
            yield from _straight(node)


def _is_sleep(source: Source, call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    return name == "time.sleep" or (name == "sleep" and "from time import" in source.text)
