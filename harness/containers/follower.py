"""Follows what a container says into a file, from its first byte on, over restarts, until it is removed."""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from io import FileIO
from pathlib import Path

from harness.errors import StackError

PACE_S = 0.1


def begun(path: Path) -> Path:
    """The file, empty where it was not there; raises StackError where it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as error:
        raise StackError(_unwritten(path, error)) from None
    return path


class Follower:
    """A thread that writes; `listen` gives all that was ever said, and goes on until the container stops.

    After a restart the engine tells it all again, so what is in the file already is passed over. `is_running` says whether there may
    be more, None that there will never be. `wrong` says why nothing is written any more; empty while all is well.
    """

    def __init__(
        self,
        listen: Callable[[], Iterable[bytes]],
        is_running: Callable[[], bool | None],
        path: Path,
    ) -> None:
        self.path = begun(path)
        self.wrong = ""
        self._listen = listen
        self._is_running = is_running
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name=f"log of {path.stem}", daemon=True)
        self._thread.start()

    def close(self, limit_s: float = 5.0) -> None:
        """End it; called once the container is gone, when its last words are on their way."""
        self._ended.set()
        self._thread.join(limit_s)

    def _follow(self) -> None:
        written_bytes = 0
        while True:
            written_bytes = self._listened(written_bytes)
            while not self._ended.wait(PACE_S) and self._is_running() is False:
                pass
            if self._ended.is_set() or self._is_running() is None:
                return

    def _listened(self, written_bytes: int) -> int:
        """Write what is new of one hearing; gives how much was said in all."""
        heard_bytes = 0
        try:
            with self.path.open("ab", buffering=0) as log:
                for piece in self._listen():
                    self._write(log, piece[max(0, written_bytes - heard_bytes) :])
                    heard_bytes += len(piece)
        except Exception as error:  # noqa: BLE001 - docker-py has many, and a log that broke off is no reason to end a run.
            if self._is_running() and not self._ended.is_set():
                with suppress(OSError), self.path.open("ab") as log:
                    log.write(f"opea-harness: the log broke off here: {error}\n".encode())
        return max(written_bytes, heard_bytes)

    def _write(self, log: FileIO, piece: bytes) -> None:
        """All of it, because a full disk takes a part; what comes after that is let go."""
        try:
            while piece and not self.wrong:
                piece = piece[log.write(piece) :]
        except OSError as error:
            self.wrong = _unwritten(self.path, error)


def _unwritten(path: Path, error: OSError) -> str:
    return f"{path}: the log cannot be written: {error.strerror}; make room, or say where there is some with --logs"
