"""How a run tells what it is doing: a seam, so that library code prints nothing itself."""

from typing import Protocol, Self


class Progress(Protocol):
    """What a run calls while it goes on."""

    def begin(self, part: str, total: int) -> None:
        """A part of the run begins; `total` steps are to come (0: not known)."""

    def step(self, words: str = "", *, failed: bool = False) -> None:
        """One step of the part is done."""

    def end(self, words: str = "") -> None:
        """The part is done."""


class Silent:
    """Progress that nobody watches."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was begun, nothing is to end."""

    def begin(self, part: str, total: int) -> None:
        """Say nothing."""

    def step(self, words: str = "", *, failed: bool = False) -> None:
        """Say nothing."""

    def end(self, words: str = "") -> None:
        """Say nothing."""
