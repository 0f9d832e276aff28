"""A Python file, read and not run: its functions, what their names stand for, and the orchestrators it speaks of."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from harness.errors import UsageError
from harness.lint.finding import Spot
from harness.lint.graph import chain_root
from harness.lint.values import Names, assigned_once, inner

_ORCHESTRATOR = "ServiceOrchestrator"


@dataclass(frozen=True)
class Scope:
    """A function, or the statements outside all functions (`name` is empty); `owner` is its class, empty for none."""

    owner: str
    name: str
    body: tuple[ast.stmt, ...]
    names: Names

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All that it executes, children first."""
        return list(inner(self.body))


@dataclass(frozen=True)
class Program:
    """One file."""

    path: Path
    tree: ast.Module
    scopes: tuple[Scope, ...] = ()

    @property
    def file(self) -> str:
        """The file as it was named."""
        return str(self.path)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the file."""
        return list(ast.walk(self.tree))

    def spot(self, node: ast.AST) -> Spot:
        """Where the node begins."""
        return Spot(self.file, getattr(node, "lineno", 1))

    @cached_property
    def _renamed(self) -> dict[str, str]:
        """`import X as Y`: Y to X."""
        return {
            alias.asname: alias.name
            for node in self.nodes
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if alias.asname
        }

    def is_named(self, expression: ast.expr, wanted: str) -> bool:
        """Does the expression name this class of OPEA's, by whatever name it was imported?"""
        last = ast.unparse(expression).rpartition(".")[2]
        return self._renamed.get(last, last) == wanted

    @cached_property
    def classes(self) -> frozenset[str]:
        """The names of the orchestrator's class and of those that this file derives from it."""
        derived = {
            node.name
            for node in self.nodes
            if isinstance(node, ast.ClassDef)
            and any(self.is_named(each, _ORCHESTRATOR) for each in node.bases)
        }
        renamed = {name for name, real in self._renamed.items() if real == _ORCHESTRATOR}
        return frozenset({_ORCHESTRATOR, *derived, *renamed})

    def builds_orchestrator(self, expression: ast.expr) -> bool:
        """Is this `ServiceOrchestrator()`?"""
        return isinstance(expression, ast.Call) and self.is_class(expression.func)

    def is_class(self, expression: ast.expr) -> bool:
        """Does the expression name a class of orchestrators?"""
        return ast.unparse(expression).rpartition(".")[2] in self.classes

    @cached_property
    def orchestrators(self) -> frozenset[str]:
        """The expressions that stand for an orchestrator, such as `self.megaservice`."""
        found: set[str] = set()
        for node in self.nodes:
            match node:
                case ast.Assign(targets=targets, value=ast.Call() as call) if self.builds_orchestrator(
                    chain_root(call)
                ):
                    found |= {ast.unparse(target) for target in targets}
                case ast.AnnAssign(target=target, value=ast.Call() as call) if self.builds_orchestrator(
                    chain_root(call)
                ):
                    found.add(ast.unparse(target))
                case ast.Call(func=ast.Attribute(attr="flow_to")):
                    found.add(ast.unparse(chain_root(node)))
                case ast.arg(arg=name, annotation=ast.expr() as kind) if self.is_named(kind, _ORCHESTRATOR):
                    found.add(name)
        return frozenset(found)

    @property
    def builds(self) -> bool:
        """Does it build an orchestrator or a MicroService, or say how one flows?"""
        return bool(self.orchestrators) or any(
            self.builds_orchestrator(node) or self.is_named(node.func, "MicroService")
            for node in self.nodes
            if isinstance(node, ast.Call)
        )


def read_program(path: Path) -> Program:
    """The file; raises UsageError, with the line, for one that is no Python."""
    try:
        tree = ast.parse(path.read_bytes(), filename=str(path))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", 0) or 0
        raise UsageError(f"{path}:{line}: is no Python: {getattr(error, 'msg', error)}") from error
    return Program(path, tree, tuple(_scopes(tree)))


def _scopes(tree: ast.Module) -> Iterator[Scope]:
    module = Names().inside(inner(tree.body))
    yield Scope("", "", tuple(tree.body), module)
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
            own = assigned_once(each for method in methods for each in inner(method.body))
            of_self = {key: value for key, value in own.items() if key.startswith("self.")}
            shared = Names((of_self, *module.scopes))
            for method in methods:
                yield Scope(node.name, method.name, tuple(method.body), shared.inside(inner(method.body)))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Scope("", node.name, tuple(node.body), module.inside(inner(node.body)))
