"""The hooks that a file sets: `ServiceOrchestrator.align_inputs = ...` and its kin."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from harness.lint.finding import Spot
from harness.lint.program import Program, Scope

HOOKS = ("align_inputs", "align_outputs", "align_generator")


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook: who sets it (a class, empty for none) to what; on the class of orchestrators, where `on_class`."""

    name: str
    owner: str
    value: str
    on_class: bool
    spot: Spot


def hooks(program: Program) -> tuple[Hook, ...]:
    """Every hook that the file sets, in the order of the text."""
    found = [hook for scope in program.scopes for node in scope.nodes for hook in _set(program, scope, node)]
    found += [
        Hook(each.name, node.name, f"{node.name}.{each.name}", on_class=False, spot=program.spot(each))
        for node in program.nodes
        if isinstance(node, ast.ClassDef) and node.name in program.classes
        for each in node.body
        if isinstance(each, ast.FunctionDef) and each.name in HOOKS
    ]
    return tuple(sorted(found, key=lambda hook: hook.spot))


def _set(program: Program, scope: Scope, node: ast.AST) -> Iterator[Hook]:
    match node:
        case ast.Assign(targets=targets, value=value):
            pairs = [(each.value, each.attr) for each in targets if isinstance(each, ast.Attribute)]
        case ast.Call(func=ast.Name(id="setattr"), args=[on, ast.Constant(value=str(name)), value]):
            pairs = [(on, name)]
        case _:
            return
    for on, name in pairs:
        if name in HOOKS:
            on_class = program.is_class(on)
            yield Hook(name, scope.owner, ast.unparse(value), on_class=on_class, spot=program.spot(node))
