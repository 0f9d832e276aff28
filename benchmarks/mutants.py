"""Every small change of a module that cosmic-ray knows, and the module's program, by which it is told whether a change is one."""

import ast
import hashlib
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

from harness.errors import UsageError

ROOT = Path(__file__).parents[1]
# No difference for the words, small numbers and names compared here.
SAME = ("Eq_Is", "Is_Eq", "NotEq_IsNot", "IsNot_NotEq")
NO_OPERATORS = (
    *("core/VariableInserter", "core/VariableReplacer", "core/RemoveDecorator"),
    *(f"core/ReplaceComparisonOperator_{name}" for name in SAME),
)
SEEN = "_mutation_seen"  # What an instrumented function tells its name.


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

    @property
    def source(self) -> str:
        """The module as it is."""
        return (ROOT / self.path).read_text()


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: who makes it, the first line that differs, and the whole module with it."""

    operator: str
    line: int
    was: str
    now: str
    code: str


def mutants(target: Target, seed: int) -> Iterator[Mutant]:
    """The changes of a module, in the random order of a seed; those of other lines are left out, and those that change no program.

    What Python compiles to the same instructions is the same program; left out before are annotations, which nothing at run time
    looks at here but pydantic's models, which are no laws, and the marks `*` and `/` among parameters. A change keeps its place in the order when other lines change.
    """
    source, mutating = target.source, _brought("cosmic_ray.mutating")
    plain, counts = _program(source), target.lines or _counted(source)
    for _, name, number, line in sorted(_places(source, seed)):
        if line in counts:
            try:
                code = mutating.mutate_code(source, _operator(name), number)
            except AttributeError:  # It cannot replace an exception that is named with its module.
                continue
            if code is not None and _program(code) not in (None, plain):
                yield Mutant(name, *_first_difference(source, code), code)


def _places(source: str, seed: int) -> Iterator[tuple[str, str, int, int]]:
    """Every place that an operator knows: its rank by the seed, the operator, its number among those of the operator, its line."""
    trees, lines = _brought("cosmic_ray.ast"), source.splitlines()
    nodes = list(trees.ast_nodes(trees.get_ast(source)))
    for name in _brought("cosmic_ray.plugins").operator_names():
        if name not in NO_OPERATORS:
            operator = _operator(name)
            places = [begin for node in nodes for begin, _ in operator.mutation_positions(node)]
            for number, (line, column) in enumerate(places):
                what = f"{seed} {name} {lines[line - 1]} {column} {places[:number].count((line, column))}"
                yield hashlib.sha256(what.encode()).hexdigest(), name, number, line


def _operator(name: str) -> Any:
    return _brought("cosmic_ray.plugins").get_operator(name)()


def _counted(source: str) -> frozenset[int]:
    """Every line but those of `@dataclass`: whether a value has slots is no matter of behaviour."""
    lines = enumerate(source.splitlines(), start=1)
    return frozenset(number for number, line in lines if not line.startswith("@dataclass"))


def _brought(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise UsageError(
            f"{name}: is not installed; mutation testing needs `pip install cosmic-ray`"
        ) from None


def _program(source: str) -> CodeType | None:
    """What Python makes of a text without its annotations, its marks among parameters and its places; None: it is no program."""
    try:
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.arg):
                node.annotation = None
            elif isinstance(node, ast.arguments):  # That one is given by name is no matter of what is done.
                node.args = [*node.posonlyargs, *node.args, *node.kwonlyargs]
                node.defaults += [each for each in node.kw_defaults if each]
                node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                node.returns = None
            elif isinstance(node, ast.AnnAssign):
                node.annotation = ast.Constant(value=None)
        for node in ast.walk(ast.fix_missing_locations(tree)):
            if hasattr(node, "lineno"):
                vars(node).update(lineno=1, end_lineno=1, col_offset=0, end_col_offset=0)
        return compile(tree, "<text>", "exec", dont_inherit=True)
    except SyntaxError:
        return None


def _first_difference(source: str, code: str) -> tuple[int, str, str]:
    pairs = zip(source.splitlines(), code.splitlines(), strict=False)
    for line, (was, now) in enumerate(pairs, start=1):
        if was != now:
            return line, was.strip(), now.strip()
    return 0, "", ""


Key = tuple[str, int]  # A function's qualified name and first line.
Def = ast.FunctionDef | ast.AsyncFunctionDef


def instrumented(target: Target) -> CodeType:
    """The module, of which each function first tells its key to `builtins._mutation_seen`."""
    tree = ast.parse(target.source)
    for (name, line), node in _functions(tree):
        after_doc = int(ast.get_docstring(node, clean=False) is not None)
        node.body[after_doc:after_doc] = ast.parse(f"{SEEN}(({name!r}, {line}))").body
    return compile(ast.fix_missing_locations(tree), str(ROOT / target.path), "exec", dont_inherit=True)


def function_of(target: Target, mutant: Mutant) -> Key | None:
    """The function in whose body the change is; None where it is elsewhere: in a default, a constant, a class."""
    for key, was in _functions(ast.parse(target.source)):
        if was.lineno <= mutant.line <= (was.end_lineno or 0):
            same = _without(target.source, key) == _without(mutant.code, key)
            return key if same else None
    return None


def _without(text: str, key: Key) -> str:
    """The module with nothing in that function's body."""
    tree = ast.parse(text)
    for each, node in _functions(tree):
        if each == key:
            node.body = []
    return ast.dump(tree)


def code_of(target: Target, mutant: Mutant, key: Key) -> CodeType:
    """The changed function's code."""
    whole = compile(mutant.code, str(ROOT / target.path), "exec", dont_inherit=True)
    return next(code for code in codes_in(whole) if (code.co_qualname, code.co_firstlineno) == key)


def _functions(tree: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[Key, Def]]:
    """The module's functions and its classes' methods, but none that is made inside another."""
    for node in tree.body:
        if isinstance(node, Def):
            yield (
                (prefix + node.name, min([node.lineno, *(each.lineno for each in node.decorator_list)])),
                node,
            )
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")


def codes_in(code: CodeType) -> Iterator[CodeType]:
    """The codes of what is defined in that one, however deep."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from codes_in(each)
