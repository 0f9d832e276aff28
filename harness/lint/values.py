"""What an expression of a Python file stands for, as far as it can be told without running it.

Constants, names that are assigned once, `os.getenv` and its kin, `int(...)`, `a or b`, and texts put together of these.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_DEPTH = 12  # Names that stand for names; a longer chain, or one that bites its tail, is unknown.


@dataclass(frozen=True, slots=True)
class Value:
    """A text (numbers as text too), None where unknown; and the environment's variable that goes before it, if any."""

    text: str | None = None
    variable: str | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What names stand for, the innermost scope first; `self.x` is a name of its class."""

    scopes: tuple[Mapping[str, ast.expr | None], ...] = ()

    def inside(self, statements: Iterable[ast.AST]) -> "Names":
        """The names seen from inside these statements."""
        return Names((assigned_once(statements), *self.scopes))

    def find(self, name: str) -> ast.expr | None:
        """The expression that the name stands for, if it stands for just one."""
        return next((scope[name] for scope in self.scopes if name in scope), None)

    def value(self, expression: ast.expr | None, depth: int = 0) -> Value:
        """What the expression stands for."""
        if expression is None or depth > _DEPTH:
            return Value()
        if (read := environment_read(expression)) is not None:
            return Value(self.value(read.default, depth + 1).text, read.variable)
        match expression:
            case ast.Constant(value=str() | int() | float() as constant):
                return Value(str(constant))
            case ast.Name() | ast.Attribute():
                return self.value(self.find(ast.unparse(expression)), depth + 1)
            case (
                ast.Call(func=ast.Name(id="int" | "str" | "float"), args=[only])
                | ast.FormattedValue(value=only, conversion=-1, format_spec=None)
            ):
                return self.value(only, depth + 1)
        return self._of_parts(expression, depth + 1)

    def _of_parts(self, expression: ast.expr, depth: int) -> Value:
        match expression:
            case ast.BoolOp(op=ast.Or(), values=values):
                known = [self.value(each, depth) for each in values]
                return Value(known[-1].text, known[0].variable)
            case ast.JoinedStr(values=values):
                return _joined([self.value(each, depth) for each in values])
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _joined([self.value(left, depth), self.value(right, depth)])
        return Value()


def _joined(parts: list[Value]) -> Value:
    if any(part.text is None or part.variable for part in parts):
        return Value()
    return Value("".join(part.text or "" for part in parts))


@dataclass(frozen=True, slots=True)
class EnvironmentRead:
    """`os.getenv("X", default)` and its kin; `must` where a variable that is not there is an error at once."""

    variable: str
    default: ast.expr | None
    must: bool


def environment_read(node: ast.AST | None) -> EnvironmentRead | None:
    """The read of one named variable that this node is, or None."""
    match node:
        case ast.Call(func=func, args=[ast.Constant(value=str(name)), *rest], keywords=keywords):
            if ast.unparse(func) in _GETTERS:
                named = next((each.value for each in keywords if each.arg == "default"), None)
                return EnvironmentRead(name, rest[0] if rest else named, must=False)
        case ast.Subscript(value=value, slice=ast.Constant(value=str(name)), ctx=ast.Load()):
            if ast.unparse(value) in ENVIRONMENTS:
                return EnvironmentRead(name, None, must=True)
    return None


ENVIRONMENTS = {"os.environ", "environ"}
_GETTERS = {"os.getenv", "getenv"} | {
    f"{name}.{method}" for name in ENVIRONMENTS for method in ("get", "setdefault", "pop")
}


def assigned_once(statements: Iterable[ast.AST]) -> dict[str, ast.expr | None]:
    """Every name that these statements assign, and what; None for one that is assigned more than once."""
    found: dict[str, ast.expr | None] = {}
    for node in statements:
        for target, value in _assignments(node):
            name = ast.unparse(target)
            found[name] = None if name in found else value
    return found


def _assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Tuple | ast.List):
                    yield from ((each, None) for each in target.elts)
                else:
                    yield target, value
        case (
            ast.AnnAssign(target=target, value=ast.expr() as value)
            | ast.NamedExpr(target=target, value=value)
        ):
            yield target, value
        case ast.AugAssign(target=target) | ast.For(target=target) | ast.AsyncFor(target=target):
            yield target, None
            yield target, None


def inner(statements: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All that is executed in a scope, in the order of the text, children before what holds them; functions and classes in it are left out."""
    for node in statements:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        yield from inner(ast.iter_child_nodes(node))
        yield node
