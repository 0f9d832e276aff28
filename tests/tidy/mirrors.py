"""Every module has the test file of its name: `harness/traces/jaeger.py` is tested by `tests/traces/test_jaeger.py`."""

import ast

from tests.tidy.tree import PACKAGES, Checkout, Source


def mirror(path: str) -> str:
    """Return where the tests of a module stand."""
    *folders, name = path.removesuffix(".py").split("/")
    if folders[0] == "harness":
        folders = folders[1:]
    return "/".join(["tests", *folders, f"test_{name.strip('_')}.py"])


def mirrors(checkout: Checkout) -> list[str]:
    """Report modules without their test; an `__init__` that only says what the folder is has nothing to test."""
    paths = {source.path for source in checkout.sources}
    return [
        f"{source.path}:1: no test of its name; write {mirror(source.path)}"
        for source in checkout.under(*PACKAGES)
        if not source.is_test and not _is_bare(source) and mirror(source.path) not in paths
    ]


def packages(checkout: Checkout) -> list[str]:
    """Report an `__init__.py` among the tests, where it makes two tests of one name the same module."""
    return [
        f"{source.path}:1: tests are no package; take it out"
        for source in checkout.under("tests")
        if source.path.endswith("/__init__.py")
    ]


def _is_bare(source: Source) -> bool:
    return source.path.endswith("/__init__.py") and all(
        isinstance(node, ast.Expr) for node in source.tree.body
    )
