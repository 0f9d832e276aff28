"""The source files of a checkout, read and parsed once, for the rules beside this file."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGES = ("harness", "mocks", "scenarios", "reports")
FOLDERS = (*PACKAGES, "benchmarks", "tests")
SKIPPED = {"__pycache__", "runs", "build", "dist"}
HIDDEN = {".ci", ".github"}  # The folders with a dot that are ours; the others are some tool's.
TEXT_BYTES_MAX = 2_000_000  # A larger file is data that nobody wrote by hand.


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the top of the checkout, with forward slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the syntax tree, walked once for all rules."""
        return tuple(ast.walk(self.tree))

    @property
    def package(self) -> str:
        """The folder at the top that holds the file, or the file's own name."""
        return self.path.split("/")[0]

    @property
    def module(self) -> str:
        """The dotted name under which the file is imported."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def is_test(self) -> bool:
        """Whether pytest collects the file."""
        return self.path.rsplit("/", 1)[-1].startswith("test_")


@dataclass(frozen=True)
class Checkout:
    """A folder that is, or is laid out as, this repository."""

    root: Path

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Every Python file of ours, in the order of its path."""
        return tuple(Source(path, text) for path, text in self.texts if path.endswith(".py"))

    def under(self, *packages: str) -> Iterator[Source]:
        """Yield the Python files of some folders at the top."""
        return (source for source in self.sources if source.package in packages)

    @cached_property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Path and text of every file that is text, generated and ignored folders left out."""
        return tuple(self._read())

    def _read(self) -> Iterator[tuple[str, str]]:
        for path in sorted(self._walk(self.root)):
            if path.stat().st_size > TEXT_BYTES_MAX:
                continue
            try:
                yield path.relative_to(self.root).as_posix(), path.read_text("utf-8")
            except UnicodeDecodeError:
                continue

    def _walk(self, folder: Path) -> Iterator[Path]:
        for entry in folder.iterdir():
            if entry.is_symlink():
                continue
            if not entry.is_dir():
                yield entry
            elif entry.name in HIDDEN or not _is_generated(entry.name):
                yield from self._walk(entry)


def _is_generated(folder: str) -> bool:
    return folder in SKIPPED or folder.startswith(".") or folder.endswith(".egg-info")


def functions(source: Source) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield every function and method with its dotted name inside the module, nested ones included."""
    yield from _functions(source.tree, "")


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for child in ast.iter_child_nodes(node):
        inner = prefix
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + child.name, child
            inner = f"{prefix}{child.name}."
        elif isinstance(child, ast.ClassDef):
            inner = f"{prefix}{child.name}."
        yield from _functions(child, inner)
