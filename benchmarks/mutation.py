"""How many small changes of laws, checks and dialect parsers the tests notice: mutation testing by cosmic-ray's operators.

    pip install cosmic-ray
    python benchmarks/mutation.py [dialects checks laws] [--sample 25] [--seed 0] [--only decode] [--survivors FILE]

Prints one JSON document: mutants, killed, and the share for each module. A mutant is one change of one module, tried in a process of its
own on the tests of that module; nothing is written into the work tree. A mutant that differs in annotations alone is none. With `--sample`
so many mutants of each module are drawn, by the seed; without it all are tried. Runs on one core, at the lowest priority.
"""

import argparse
import ast
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from types import CodeType
from typing import Any

from harness.discovery import COMP, discover
from harness.errors import UsageError

ROOT = Path(__file__).parents[1]
HEAVY = (
    "pytest_timeout",
    "fastapi",
    "httpx",
    "hypothesis",
    "numpy",
    "orjson",
    "prometheus_client",
    "pydantic",
    "pytest",
    "uvicorn",
    "uvloop",
)
SLACK_S = 15.0  # What a test run may take beyond four times what it takes on the good module.
NO_OPERATORS = ("core/VariableInserter", "core/VariableReplacer", "core/RemoveDecorator")
CHECKS = (
    *(
        "bad_input",
        "check",
        "compatibility",
        "crowd",
        "curl",
        "descriptors",
        "drawing",
        "drawn",
        "falsify",
        "forms",
        "fuzzing",
    ),
    *("lifecycles", "openapi", "promises", "shapes", "side", "streaming", "talk"),
)
DIALECTS = ("decode", "detect", "dialects", "encode", "events", "lines", "stream")
BROKEN = "tests/contract/test_verifier.py::test_a_broken_server_is_caught_by_the_checks_meant_for_it[{}]"
LAWS = "tests/mocks/test_laws_of_comps.py"
ALSO = {
    "harness/sse/decode.py": ("tests/sse/test_stream.py",),
    "harness/sse/dialects.py": ("tests/sse/test_stream.py", "tests/sse/test_decode.py"),
    "harness/sse/lines.py": ("tests/sse/test_events.py",),
    "harness/contract/bad_input.py": (
        BROKEN.format("500 on bad input"),
        BROKEN.format("400 without a reason"),
    ),
    "harness/contract/crowd.py": ("tests/contract/test_drawn.py", BROKEN.format("answers go to others")),
    "harness/contract/descriptors.py": (BROKEN.format("leaks a descriptor"),),
    "harness/contract/streaming.py": tuple(
        BROKEN.format(each)
        for each in ("no end mark", "a token is lost", "all at once", "an event that cannot be read")
    ),
}  # Tests of other modules that are this one's too.


@dataclass(frozen=True, slots=True)
class Target:
    """A module, the tests that are to notice its changes, and the lines that count; none: all."""

    path: str
    tests: tuple[str, ...]
    lines: frozenset[int] = frozenset()

    @property
    def module(self) -> str:
        """Its dotted name."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: who makes it, the first line that differs, and the whole module with it."""

    operator: str
    line: int
    was: str
    now: str
    code: str


def targets(group: str) -> list[Target]:
    """What is mutated in a group."""
    if group == "laws":
        return [Target(path, (*_tests(path), LAWS), lines) for path, lines in sorted(_law_lines().items())]
    folder, names = ("harness/sse", DIALECTS) if group == "dialects" else ("harness/contract", CHECKS)
    paths = [f"{folder}/{name}.py" for name in names]
    return [Target(path, (*_tests(path), *ALSO.get(path, ()))) for path in paths]


def _tests(path: str) -> tuple[str, ...]:
    """The file of tests that stands in for a module, by the repository's own rule."""
    parts = path.removeprefix("harness/").removesuffix(".py").split("/")
    name = "init" if parts[-1] == "__init__" else parts[-1].strip("_")
    test = "/".join(("tests", *parts[:-1], f"test_{name}.py"))
    return (test,) if (ROOT / test).exists() else ()


def _law_lines() -> dict[str, frozenset[int]]:
    """The lines of every law's function, by file."""
    found: dict[str, frozenset[int]] = {}
    for comp in discover(COMP).values():
        for law in (law for each in comp.endpoints for variant in each.variants for law in variant.laws):
            code: CodeType | None = getattr(law.broken, "__code__", None)
            if code is not None and Path(code.co_filename).is_relative_to(ROOT / "mocks"):
                path = str(Path(code.co_filename).relative_to(ROOT))
                lines = {line for *_, line in code.co_lines() if line}
                found[path] = found.get(path, frozenset()) | lines
    helpers = ROOT / "mocks" / "_laws.py"
    return {**found, "mocks/_laws.py": frozenset(range(1, len(helpers.read_text().splitlines()) + 1))}


def mutants(target: Target, random: Random) -> Iterator[Mutant]:
    """Every change of a module that cosmic-ray knows, in random order; those of annotations and of other lines are left out."""
    plugins, mutating, trees = (_brought(f"cosmic_ray.{name}") for name in ("plugins", "mutating", "ast"))
    source = (ROOT / target.path).read_text()
    plain, nodes, spots = _plain(source), list(trees.ast_nodes(trees.get_ast(source))), []
    for name in plugins.operator_names():
        if name not in NO_OPERATORS:
            operator = plugins.get_operator(name)()
            places = (place for node in nodes for place in operator.mutation_positions(node))
            spots += [(name, number, begin[0]) for number, (begin, _) in enumerate(places)]
    counts = target.lines or _counted(source)
    chosen = sorted(spot for spot in spots if spot[2] in counts)
    random.shuffle(chosen)
    for name, number, _ in chosen:
        code = mutating.mutate_code(source, plugins.get_operator(name)(), number)
        if code is not None and _is_program(code) and _plain(code) != plain:
            yield Mutant(name, *_first_difference(source, code), code)


def _counted(source: str) -> frozenset[int]:
    """Every line but those of `@dataclass`: whether a value has slots is no matter of behaviour."""
    lines = enumerate(source.splitlines(), start=1)
    return frozenset(number for number, line in lines if not line.startswith("@dataclass"))


def _is_program(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


def _brought(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise UsageError(
            f"{name}: is not installed; mutation testing needs `pip install cosmic-ray`"
        ) from None


def _plain(source: str) -> str:
    """The program without its annotations, which nothing at run time looks at here but pydantic's models, which are no laws."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.returns = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(value=None)
    return ast.dump(tree)


def _first_difference(source: str, code: str) -> tuple[int, str, str]:
    pairs = zip(source.splitlines(), code.splitlines(), strict=False)
    for line, (was, now) in enumerate(pairs, start=1):
        if was != now:
            return line, was.strip(), now.strip()
    return 0, "", ""


class Instead(importlib.abc.Loader, importlib.abc.MetaPathFinder):
    """Imports one module as another text."""

    def __init__(self, module: str, path: Path, code: str) -> None:
        self._module, self._path, self._code = module, path, code

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        """The spec of that module, and of no other."""
        if name != self._module:
            return None
        spec = importlib.machinery.ModuleSpec(
            name, self, origin=str(self._path), is_package=self._path.stem == "__init__"
        )
        spec.has_location = True
        if self._path.stem == "__init__":
            spec.submodule_search_locations = [str(self._path.parent)]
        return spec

    def exec_module(self, module: Any) -> None:
        """Run the other text."""
        exec(compile(self._code, str(self._path), "exec"), module.__dict__)


def is_killed(target: Target, code: str | None, limit_s: float) -> bool:
    """Whether the tests fail on a module's other text (None: on itself), or do not end within the limit."""
    child = os.fork()
    if child == 0:
        os.setsid()
        os._exit(_tested(target, code))
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) != 0
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _tested(target: Target, code: str | None) -> int:
    """The exit code of the tests, in a process that ends with it."""
    import pytest

    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    for name in [
        name for name in sys.modules if name.split(".")[0] in ("harness", "mocks", "scenarios", "tests")
    ]:
        del sys.modules[name]
    if code is not None:
        sys.meta_path.insert(0, Instead(target.module, ROOT / target.path, code))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = (
        "1"  # None of those that are installed is needed, and they cost a second.
    )
    words = ["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", "-p", "pytest_timeout"]
    try:
        return int(pytest.main([*words, *target.tests]))
    except BaseException:  # noqa: BLE001 - Whatever a mutant does to its tests, it was noticed.
        return 1


def tried(target: Target, sample: int, seed: int) -> tuple[dict[str, Any], list[Mutant]]:
    """The figures of one module, and the mutants that nothing noticed."""
    began = time.monotonic()
    if is_killed(target, None, 300.0) and is_killed(target, None, 300.0):  # A busy machine may fail one once.
        raise UsageError(
            f"{target.path}: its tests {target.tests} fail on the module as it is; they have to pass first"
        )
    limit_s = 4 * (time.monotonic() - began) + SLACK_S
    chosen = list(islice(mutants(target, Random(seed)), sample or None))
    left = [each for each in chosen if not is_killed(target, each.code, limit_s)]
    killed = len(chosen) - len(left)
    figures = {
        "tried": len(chosen),
        "killed": killed,
        "share": round(killed / len(chosen), 3) if chosen else None,
        "seconds": round(time.monotonic() - began, 1),
    }
    return figures, left


def _told(left: Mapping[str, Sequence[Mutant]]) -> str:
    rows = [
        f"{path}:{each.line} {each.operator}\n  - {each.was}\n  + {each.now}"
        for path, mutants_ in left.items()
        for each in mutants_
    ]
    return "\n".join(rows) + "\n"


def main() -> None:
    """Try them, and print."""
    parser = argparse.ArgumentParser(description="how many mutants the tests kill")
    parser.add_argument("group", nargs="*", default=["dialects", "checks", "laws"])
    parser.add_argument("--sample", type=int, default=0, help="so many of each module (default: all)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="only modules whose path holds this")
    parser.add_argument("--survivors", type=Path, help="where those are listed that nothing noticed")
    given = parser.parse_args()
    os.nice(19)
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    for name in HEAVY:
        importlib.import_module(name)
    modules: dict[str, dict[str, Any]] = {}
    left: dict[str, list[Mutant]] = {}
    for target in (each for group in given.group for each in targets(group) if given.only in each.path):
        modules[target.path], left[target.path] = tried(target, given.sample, given.seed)
        sys.stderr.write(f"{target.path}: {modules[target.path]}\n")
        if given.survivors:
            given.survivors.write_text(_told(left))
    many = sum(each["tried"] for each in modules.values())
    killed = sum(each["killed"] for each in modules.values())
    share = round(killed / many, 3) if many else None
    document = {"tried": many, "killed": killed, "share": share, "seed": given.seed, "modules": modules}
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
