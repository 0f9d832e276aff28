"""What a thing may be called: no drawers full of everything, and units last."""

import ast
import re
from collections.abc import Iterator

from tests.tidy.tree import FOLDERS, Checkout, Source

BANNED = {"util", "utils", "helper", "helpers", "manager", "managers", "common", "base", "core", "cores"}
QUANTITY = re.compile(r"(?:^|_)(latency|duration|timeout|delay|elapsed|interval|size)s?$", re.IGNORECASE)
NUMBER = re.compile(r"\b(int|float)\b")

# Names that are OPEA's, on the wire or in the signatures its users call.
FOREIGN = ("harness/opea/",)
WIRE_MODELS = {"BaseModel", "RootModel"}  # In mocks; a report's model is ours.
WIRE_STRUCTS = {"Struct"}
WIRE_VALUES = {"Form", "Query", "Body", "Header", "File", "Path"}


def modules(checkout: Checkout) -> list[str]:
    """Report modules and folders named for no one thing."""
    return [
        f"{source.path}:1: {word} says nothing; name the module for the one thing it holds"
        for source in checkout.under(*FOLDERS)
        for word in sorted(BANNED & set(re.split(r"[/_.]", source.path.removesuffix(".py"))))
    ]


def units(checkout: Checkout) -> list[str]:
    """Report numbers that measure something and do not say in what: `timeout` for `timeout_s`."""
    return [
        f"{source.path}:{line}: {name} has no unit; say which, last: {name}_ms, {name}_s, {name}_bytes"
        for source in checkout.under("harness", "mocks", "scenarios", "reports", "benchmarks")
        if not source.path.startswith(FOREIGN)
        for line, name in _numbers(source)
        if QUANTITY.search(name)
    ]


def _numbers(source: Source) -> Iterator[tuple[int, str]]:
    wire = _wire_fields(source)
    for node in source.nodes:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                if id(node) not in wire and _is_number(annotation):
                    yield node.lineno, name
            case ast.FunctionDef(args=args) | ast.AsyncFunctionDef(args=args):
                yield from _parameters(args)
                if node.returns is not None and _is_number(node.returns):
                    yield node.lineno, node.name
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int() | float() as value)):
                if not isinstance(value, bool):
                    yield node.lineno, name


def _parameters(args: ast.arguments) -> Iterator[tuple[int, str]]:
    positional = [*args.posonlyargs, *args.args]
    without = len(positional) - len(args.defaults)
    defaults = [*[None] * without, *args.defaults, *args.kw_defaults]
    for argument, default in zip([*positional, *args.kwonlyargs], defaults, strict=True):
        if (
            argument.annotation is not None
            and _is_number(argument.annotation)
            and not _is_wire_value(default)
        ):
            yield argument.lineno, argument.arg


def _is_number(annotation: ast.expr) -> bool:
    """Whether an annotation is a bare number, or one or None; Annotated[int, Form()] is a name on the wire."""
    text = ast.unparse(annotation).strip("'\"")
    return bool(NUMBER.search(text)) and "[" not in text


def _is_wire_value(default: ast.expr | None) -> bool:
    return isinstance(default, ast.Call) and ast.unparse(default.func).rsplit(".")[-1] in WIRE_VALUES


def _wire_fields(source: Source) -> set[int]:
    """Return, by identity, the fields of classes whose names are the wire's: parsers' structs, mocks' models."""
    parents = WIRE_STRUCTS | (WIRE_MODELS if source.package == "mocks" else set())
    return {
        id(field)
        for node in source.nodes
        if isinstance(node, ast.ClassDef)
        and parents & {ast.unparse(base).rsplit(".")[-1] for base in node.bases}
        for field in node.body
    }
