"""Live progress on a terminal: one line for each part, with how far it is and what failed; plain lines elsewhere."""

import sys
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Column

from harness.progress import Silent

WIDE = 110  # Letters; below it the words beside the bar need the room more.


def live(*, quiet: bool) -> "Live | Silent":
    """Progress on standard error, unless it is not wanted."""
    return Silent() if quiet else Live(sys.stderr)


class Live:
    """Draws at most ten times a second, so that watching costs little; without a terminal each part is one line."""

    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream)
        self._bars = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description:<12}", table_column=Column(no_wrap=True, min_width=12)),
            BarColumn(bar_width=24 if self._console.width >= WIDE else 8),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[words]}", table_column=Column(overflow="fold", ratio=1)),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task: TaskID | None = None
        self._part, self._failed, self._steps = "", 0, 0

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def begin(self, part: str, total: int) -> None:
        """A new line for the part."""
        self._part, self._failed, self._steps = part, 0, 0
        self._task = self._bars.add_task(part, total=total or None, words="")

    def step(self, words: str = "", *, failed: bool = False, waits: bool = False) -> None:
        """One further, with what it was, and how many failed so far; what waits is a line of its own without a terminal."""
        self._failed += failed
        self._steps += not waits
        if self._task is not None:
            count = f"[red]{self._failed} failed[/] " if self._failed else ""
            self._bars.update(self._task, advance=not waits, words=count + escape(words))
        if waits and not self._console.is_terminal:
            self._line(words)

    def end(self, words: str = "") -> None:
        """The part's line stays, with its last words."""
        if self._task is not None:
            count = f"[red]{self._failed} failed[/] " if self._failed else ""
            total = self._bars.tasks[self._task].total or self._steps or 1
            self._bars.update(self._task, total=total, completed=total, words=count + escape(words))
        if not self._console.is_terminal:
            failed = f", {self._failed} failed" if self._failed else ""
            told = words or f"{self._steps} done{failed}"
            self._line(told)

    def _line(self, words: str) -> None:
        self._console.print(f"{self._part}: {words}", highlight=False, markup=False, soft_wrap=True)
