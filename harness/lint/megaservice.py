"""A megaservice's file: what the rules look at."""

from dataclasses import dataclass
from pathlib import Path

from harness.lint.environment import Read, reads, reads_all
from harness.lint.graph import Graph
from harness.lint.graphs import graphs
from harness.lint.hooks import Hook, hooks
from harness.lint.program import Program, read_program


@dataclass(frozen=True, slots=True)
class Megaservice:
    """One file's graphs, hooks and environment; `reads_all` where its variables cannot all be named."""

    program: Program
    graphs: tuple[Graph, ...]
    hooks: tuple[Hook, ...]
    reads: tuple[Read, ...]
    reads_all: bool

    @property
    def variables(self) -> frozenset[str]:
        """The names of all variables that it reads."""
        return frozenset(read.variable for read in self.reads)


def read_megaservice(path: Path) -> Megaservice:
    """The file; raises UsageError, with the line, for one that is no Python."""
    program = read_program(path)
    return Megaservice(program, graphs(program), hooks(program), reads(program), reads_all(program))
