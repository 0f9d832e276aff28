"""The variables that a file reads from its environment."""

import ast
from dataclasses import dataclass

from harness.lint.finding import Spot
from harness.lint.program import Program
from harness.lint.values import ENVIRONMENTS, environment_read

_READERS = ENVIRONMENTS | {"os.getenv", "getenv"}


@dataclass(frozen=True, slots=True)
class Read:
    """One read of a named variable.

    `falls_back`: the text says what holds without it; `must`: without it the file cannot be imported or the function fails.
    """

    variable: str
    falls_back: bool
    must: bool
    spot: Spot


def reads(program: Program) -> tuple[Read, ...]:
    """Every read, in the order of the text."""
    alternatives = {
        id(each)
        for node in program.nodes
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or)
        for each in node.values[:-1]
    }
    asked = _asked(program)
    found = []
    for node in program.nodes:
        if read := environment_read(node):
            falls_back = read.default is not None or id(node) in alternatives or read.variable in asked
            found.append(Read(read.variable, falls_back, read.must, program.spot(node)))
    found += [Read(name, falls_back=True, must=False, spot=spot) for name, spot in asked.items()]
    return tuple(sorted(found, key=lambda read: read.spot))


def _asked(program: Program) -> dict[str, Spot]:
    """`"X" in os.environ`: the file knows that X may be missing."""
    return {
        name: program.spot(node)
        for node in program.nodes
        if isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]) in ENVIRONMENTS
        for name in [getattr(node.left, "value", None)]
        if isinstance(name, str)
    }


def reads_all(program: Program) -> bool:
    """Does it take the whole environment, or variables whose names are worked out?"""
    named = {
        id(part)
        for node in program.nodes
        if environment_read(node) is not None
        or (isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]) in ENVIRONMENTS)
        or (isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load))
        for part in ast.walk(node)
    }
    return any(
        isinstance(node, ast.Attribute | ast.Name) and id(node) not in named and ast.unparse(node) in _READERS
        for node in program.nodes
    )
