"""One at a time, or many together: what measures the machine's own time has it alone, while others wait.

Processes that name the same folder share it. Used by the workers of pytest-xdist: a load that is measured beside another
worker's tests measures these.
"""

import fcntl
import time
from pathlib import Path
from typing import IO

LIMIT_S = 900.0
"""Whoever has waited so long goes in nevertheless: the load tells itself whether it was disturbed."""
PACE_S = 0.02


class Hall:
    """A hall that many may be in, or one who is alone; whoever waits to be alone lets nobody in before. Locks end with their process."""

    def __init__(self, folder: Path, limit_s: float = LIMIT_S) -> None:
        self._door, self._hall = (folder / "door").open("ab"), (folder / "hall").open("ab")
        self._limit_s = limit_s
        self._is_alone = False

    def enter(self, *, alone: bool) -> None:
        """Return once inside; whoever is alone there already may enter so again."""
        if self._is_alone and alone:
            return
        kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        until = time.monotonic() + self._limit_s
        _lock(self._door, kind, until)
        try:
            _lock(self._hall, kind, until)
        finally:
            fcntl.flock(self._door, fcntl.LOCK_UN)
        self._is_alone = alone

    def leave(self) -> None:
        """Be outside."""
        fcntl.flock(self._hall, fcntl.LOCK_UN)
        self._is_alone = False

    def close(self) -> None:
        """Be outside for good."""
        self._door.close()
        self._hall.close()


def _lock(file: IO[bytes], kind: int, until_s: float) -> None:
    """Have the lock, or the time over."""
    while True:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until_s:
                return
            time.sleep(PACE_S)
        else:
            return
