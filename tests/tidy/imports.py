"""Who may import whom, and where a heavy dependency lives."""

import ast
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from tests.tidy.tree import PACKAGES, Checkout, Source

MAY_IMPORT = {
    "harness": {"harness"},
    "mocks": {"harness", "mocks"},
    "reports": {"harness", "reports"},
    "scenarios": {"harness", "mocks", "scenarios"},
}
FREE = (
    "harness/cli.py",
    "harness/commands/",  # The command line, one file for each command.
    "harness/pytest_plugin.py",
    "conftest.py",
    "tests/",
    "benchmarks/",
)

HOMES = {
    "locust": ("harness/load/",),
    "gevent": ("harness/load/",),
    "testcontainers": ("harness/containers/",),
    "docker": ("harness/containers/",),
    "pandas": ("reports/",),
    "matplotlib": ("reports/",),
    "mcp": ("harness/opea/mcp/",),
    "schemathesis": ("harness/contract/fuzzing.py",),
}

READS_ENVIRONMENT = (
    "harness/cli.py",
    "harness/pytest_plugin.py",
    "harness/gateway/variables.py",  # Gives a user's megaservice file its variables and notes which it reads.
    "conftest.py",
    "tests/",
    "benchmarks/",
)


def imported(source: Source) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything a file imports, late and type-checking imports included."""
    return _imported(source, source.nodes)


def imported_at_top(source: Source) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of what importing the file imports at once."""
    return _imported(source, source.tree.body)


def _imported(source: Source, nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    for node in nodes:
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, level=level):
                yield node.lineno, _absolute(source, module or "", level)
            case ast.Call(args=[ast.Constant(value=str(name)), *_]) if _imports_by_name(node):
                yield node.lineno, name


def _absolute(source: Source, module: str, level: int) -> str:
    if level == 0:
        return module
    folder = source.path.split("/")[:-1]
    return ".".join([*folder[: len(folder) - level + 1], *filter(None, [module])])


def _imports_by_name(call: ast.Call) -> bool:
    return ast.unparse(call.func) in {"importlib.import_module", "import_module", "__import__"}


def layers(checkout: Checkout) -> list[str]:
    """Report imports that go up: the library knows no comp, a report no mock."""
    return [
        f"{source.path}:{line}: {source.package} may not import {name}; "
        f"it may import {', '.join(sorted(MAY_IMPORT[source.package]))}"
        for source in checkout.under(*PACKAGES)
        if not source.path.startswith(FREE)
        for line, name in imported(source)
        if (top := name.split(".")[0]) in PACKAGES and top not in MAY_IMPORT[source.package]
    ]


def circles(checkout: Checkout) -> list[str]:
    """Report folders and modules of the library that lean on each other, near or far, when they are imported."""
    leans: dict[str, set[str]] = {}
    for source in checkout.under("harness"):
        place = _place(source.module)
        leans.setdefault(place, set()).update(_place(name) for _, name in imported_at_top(source))
        leans[place] -= {place, "harness"}
    try:
        TopologicalSorter(leans).prepare()
    except CycleError as circle:
        return [
            f"{' <- '.join(circle.args[1])}: lean on each other; move what is shared into a module of its own"
        ]
    return []


def _place(module: str) -> str:
    """The folder of the library that holds a module, or the module where it stands in none: `harness.traces`, `harness.run`."""
    return ".".join(module.split(".")[:2])


def homes(checkout: Checkout) -> list[str]:
    """Report a heavy dependency that is imported away from its home."""
    return [
        f"{source.path}:{line}: {top} is imported away from its home; it lives in {' and '.join(HOMES[top])}"
        for source in checkout.under(*PACKAGES)
        for line, name in imported(source)
        if (top := name.split(".")[0]) in HOMES and not source.path.startswith(HOMES[top])
    ]


def environment(checkout: Checkout) -> list[str]:
    """Report settings that are read from the environment deep in the code; giving a process its own is no reading."""
    return [
        f"{source.path}:{node.lineno}: the environment is read here; read it once, in harness/cli.py or conftest.py"
        for source in checkout.under(*PACKAGES)
        if not source.path.startswith(READS_ENVIRONMENT)
        for node in _environments(source)
    ]


def _environments(source: Source) -> Iterator[ast.Attribute | ast.ImportFrom]:
    written = {id(node) for each in source.nodes for node in _written(each)}
    for node in source.nodes:
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr="environ" | "getenv" | "environb"):
                if id(node) not in written:
                    yield node
            case ast.ImportFrom(module="os", names=names):
                if any(alias.name in {"environ", "getenv", "environb"} for alias in names):
                    yield node


def _written(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case (
            ast.Subscript(value=value, ctx=ast.Store() | ast.Del())
            | ast.Attribute(value=value, attr="update")
        ):
            yield value
