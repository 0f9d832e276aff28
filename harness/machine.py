"""Where a run happened: the machine, the git commit, the command that repeats it."""

import os
import platform
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psutil

from harness.redact import redact
from harness.report import Machine

GIT_LIMIT_S = 5.0


def this_machine() -> Machine:
    """What is known of this machine without asking anything that takes long."""
    return Machine(
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()}",
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 0,
        memory_gib=round(psutil.virtual_memory().total / 2**30, 1),
        load_average=round(os.getloadavg()[0], 2),
    )


def _cpu() -> str:
    """The processor's name as Linux tells it, or what the platform module knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def git_commit(folder: Path) -> str:
    """The short hash of the folder's commit, with `-dirty` where files were changed; empty outside a repository."""
    try:
        answer = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=10", "--exclude=*"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=GIT_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def command_line(argv: Sequence[str]) -> str:
    """The command that repeats this one: the program's name, not its path, the arguments quoted, and no secret."""
    return redact(shlex.join([Path(argv[0]).name, *argv[1:]])) if argv else ""
