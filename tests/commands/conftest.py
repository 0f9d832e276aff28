"""One finished run for all tests that only look at what a run leaves, and words that the command refuses."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.cli import main
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


@pytest.fixture
def refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Return what gives the command words that make no sense: in this process, since a refusal starts nothing.

    Gives the exit code, standard output, and standard error as one line.
    """
    monkeypatch.chdir(tmp_path)

    def refuse(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["opea-harness", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code, said.out, " ".join(said.err.split())

    return refuse
