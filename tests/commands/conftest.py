"""One finished run for all tests that only look at what a run leaves."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands.command import SMALL, run

FAULTS = ("--faults", "noop,status-500,status-429,truncated-json")


@dataclass(frozen=True)
class Finished:
    """A run that came to its end, and what the command said of it."""

    done: subprocess.CompletedProcess[str]
    path: Path
    cwd: Path


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Correctness and chaos of the small scenario, with seed 7, as a program asks for it."""
    cwd = tmp_path_factory.mktemp("finished")
    done = run("run", *SMALL, "--only", "correctness,chaos", *FAULTS, "--seed", "7", "--json", cwd=cwd)
    return Finished(done, (cwd / "runs" / "latest").resolve(), cwd)
