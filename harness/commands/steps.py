"""Progress as one line for each step, with how many are to come where a terminal shows it."""

from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.status import Status


class Steps:
    """Each step is a line that stays; used as a context, so that the terminal is whole afterwards."""

    def __init__(self, stream: TextIO, *, quiet: bool = False) -> None:
        self._console = Console(file=stream, quiet=quiet, highlight=False)
        self._status: Status | None = None
        self._part, self._total, self._done = "", 0, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._still()

    def say(self, words: str) -> None:
        """A line that is no step."""
        self._console.print(words, markup=False, soft_wrap=True)

    def begin(self, part: str, total: int) -> None:
        """Steps are to come."""
        self._part, self._total, self._done = part, total, 0
        if self._console.is_terminal:
            self._status = self._console.status("")
            self._status.start()
        self._show()

    def step(self, words: str = "", *, failed: bool = False, waits: bool = False) -> None:
        """One is done, or waits."""
        self._done += not waits
        self.say(f"{'✗' if failed else '·' if waits else '✓'} {words}")
        self._show()

    def end(self, words: str = "") -> None:
        """All are done."""
        self._still()
        if words:
            self.say(words)

    def _show(self) -> None:
        if self._status:
            self._status.update(f"{self._part}: {self._done} of {self._total} ready")

    def _still(self) -> None:
        if self._status:
            self._status.stop()
            self._status = None
