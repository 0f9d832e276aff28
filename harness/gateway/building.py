"""Builds the environment that has opea-comps, with Python's own venv and pip; at most one process builds it at a time.

The mark is written when opea-comps has been imported there; whatever is found without one is begun anew.
"""

import contextlib
import fcntl
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import orjson
from pydantic import BaseModel

from harness.errors import StackError, UsageError
from harness.gateway.environment import MARK, REQUIREMENT, VERSION, Environment

LAST_LINES = 12
LIMIT_S = 1800.0
IMPORT_LIMIT_S = 180.0
PROBE = """
import importlib.metadata, json, comps
print(json.dumps({each.metadata["Name"]: each.version for each in importlib.metadata.distributions()}))
"""

Say = Callable[[str], None]


class Built(BaseModel):
    """What was built: opea-comps' version, all packages with theirs, and how long it took."""

    opea_comps: str
    python: str
    packages: dict[str, str]
    took_s: float


def build(env: Environment, say: Say, *, requirement: str = REQUIREMENT, anew: bool = False) -> Built:
    """Build the environment unless it is there, and give what is in it; each step is said.

    Raises UsageError where it cannot be written, StackError where a step fails; then nothing is taken for built.
    """
    try:
        with _alone(env.path):
            if env.is_built and not anew:
                return Built.model_validate_json(env.mark.read_bytes())
            return _build(env, say, requirement)
    except OSError as error:
        raise UsageError(
            f"{env.path}: cannot be written ({error.strerror}); --cache names a folder that can be"
        ) from error


def _build(env: Environment, say: Say, requirement: str) -> Built:
    began_s = time.monotonic()
    env.mark.unlink(missing_ok=True)
    say(f"a virtual environment at {env.path}")
    _step("the virtual environment", [sys.executable, "-m", "venv", "--clear", str(env.path)], say)
    say(f"{requirement} and the packages that it pins")
    # Of wheels alone: what would have to be compiled would need a compiler, and minutes.
    pip = [str(env.python), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    _step(requirement, [*pip, "--only-binary", ":all:", requirement], say)
    say("its first import")
    (line,) = _step("its first import", [str(env.python), "-c", PROBE], None)
    packages = dict(sorted(orjson.loads(line).items()))
    built = Built(
        opea_comps=packages.get("opea-comps", VERSION),
        python=str(env.python),
        packages=packages,
        took_s=round(time.monotonic() - began_s, 1),
    )
    part = env.path / f"{MARK}.part"
    part.write_bytes(built.model_dump_json(indent=2).encode())
    part.replace(env.mark)
    return built


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Only one process at a time is here; another waits for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _step(what: str, argv: Sequence[str], say: Say | None) -> list[str]:
    """Run a step to its end; gives the last line of its standard output. Each line is said if `say` is there."""
    limit_s = LIMIT_S if say else IMPORT_LIMIT_S
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
        late = f" (it was ended after {limit_s:g} s)" if process.returncode == -signal.SIGKILL else ""
        said = "".join(f"\n  {line}" for line in last) or " none"
        raise StackError(
            f"setup opea: {what} failed with code {process.returncode}{late}; nothing was built; its last words:{said}"
        )
    return list(last)[-1:]
