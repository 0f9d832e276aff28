"""The fault x node table: one square for each fault on each node, with the modes in which it was tried."""

from dataclasses import dataclass

from harness.report import FaultCell, Report
from harness.verdict import Word
from reports.wording import SYMBOLS, worst


@dataclass(frozen=True, slots=True)
class Square:
    """One fault on one node: its cells in every mode, and the weightiest word among them."""

    fault: str
    node: str
    cells: tuple[FaultCell, ...]

    @property
    def word(self) -> Word:
        """The weightiest verdict of the modes."""
        return worst(cell.verdict for cell in self.cells)

    @property
    def mixed(self) -> bool:
        """Whether modes in which the fault makes sense disagree."""
        return len({cell.verdict for cell in self.counted}) > 1

    @property
    def counted(self) -> tuple[FaultCell, ...]:
        """The cells of modes in which the fault makes sense."""
        return tuple(cell for cell in self.cells if cell.verdict != "n/a")

    @property
    def says(self) -> str:
        """The words as they read in one place: `✓ holds`, `✓ holds, stream only`, or `json: ✓ holds, stream: ✕ violated`."""
        if not self.cells:
            return "not run"
        if not self.mixed:
            only = f", {self.counted[0].mode} only" if len(self.counted) == 1 < len(self.cells) else ""
            return f"{SYMBOLS[self.word]} {self.word}{only}"
        return ", ".join(f"{cell.mode}: {SYMBOLS[cell.verdict]} {cell.verdict}" for cell in self.cells)


def fault_nodes(report: Report) -> tuple[str, ...]:
    """The nodes that faults were put on, in the graph's order."""
    faulted = dict.fromkeys(cell.node for cell in report.faults)
    known = [node.name for node in report.graph if node.name in faulted]
    return (*known, *(name for name in faulted if name not in known))


def fault_squares(report: Report) -> tuple[tuple[Square, ...], ...]:
    """Faults down, nodes across; in the run's order of faults."""
    cells: dict[tuple[str, str], list[FaultCell]] = {}
    for cell in report.faults:
        cells.setdefault((cell.fault, cell.node), []).append(cell)
    names = dict.fromkeys(cell.fault for cell in report.faults)
    return tuple(
        tuple(Square(fault, node, tuple(cells.get((fault, node), ()))) for node in fault_nodes(report))
        for fault in names
    )
