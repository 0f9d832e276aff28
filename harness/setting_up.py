"""What every `opea-harness setup NAME` does: one process at a time, step by step, each line said, and a clear end where one fails."""

import contextlib
import fcntl
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import StackError, UsageError

LAST_LINES = 12
LIMIT_S = 1800.0

Say = Callable[[str], None]


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Only one process at a time builds what belongs at `path`; another waits for it.

    Raises UsageError where nothing can be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be written ({error.strerror}); --cache names a folder that can be"
        ) from error


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of `setup NAME`. A step's name is said as it begins; its lines are said after two blanks."""

    name: str
    say: Say
    limit_s: float = LIMIT_S

    def run(self, what: str, argv: Sequence[str]) -> list[str]:
        """Run a step to its end and give its last lines, of both its outputs; raises StackError where it fails."""
        return self._run(what, argv, self.say, self.limit_s)

    def ask(self, what: str, argv: Sequence[str], limit_s: float) -> list[str]:
        """The last lines of a step's standard output alone, which nobody else is told; raises StackError where it fails."""
        return self._run(what, argv, None, limit_s)

    def _run(self, what: str, argv: Sequence[str], say: Say | None, limit_s: float) -> list[str]:
        last: deque[str] = deque(maxlen=LAST_LINES)
        with subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if say else subprocess.DEVNULL,
            text=True,
            errors="replace",
        ) as process:
            ending = threading.Timer(limit_s, process.kill)
            ending.start()
            try:
                assert process.stdout is not None
                for line in process.stdout:
                    last.append(line.rstrip())
                    if say:
                        say(f"  {last[-1][:200]}")
            except BaseException:
                process.kill()
                raise
            finally:
                ending.cancel()
        if process.returncode != 0:
            raise StackError(self._failed(what, process.returncode, limit_s, last))
        return list(last)

    def _failed(self, what: str, code: int, limit_s: float, last: Sequence[str]) -> str:
        late = f" (it was ended after {limit_s:g} s)" if code == -signal.SIGKILL else ""
        said = "".join(f"\n  {line}" for line in last) or " none"
        return f"setup {self.name}: {what} failed with code {code}{late}; nothing was built; its last words:{said}"
