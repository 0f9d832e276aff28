"""What `.ci/docker` does with the command that it is given, as far as nothing has to be installed for it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

DOCKER = Path(__file__).parents[1] / ".ci" / "docker"


def done(*words, **variables):
    """The script to its end."""
    return subprocess.run(
        [DOCKER, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **variables},
    )


def test_without_a_command_it_says_what_is_missing():
    """That is an error of usage."""
    ended = done()

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "give the command to run, for example .ci/docker make test" in ended.stderr


@pytest.mark.needs("docker")
def test_an_engine_that_answers_is_used_as_it_is():
    """And the command's exit code is the script's."""
    ended = done("sh", "-c", "echo $DOCKER_HOST; exit 7")

    assert (ended.returncode, ended.stdout.strip()) == (7, os.environ.get("DOCKER_HOST", ""))


def test_where_no_engine_can_be_had_the_command_runs_all_the_same(tmp_path):
    """Nothing is installed by one who may not, and nothing hangs; what needs Docker finds none."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "sh", "dirname", "timeout", "env"):
        (programs / name).symlink_to(shutil.which(name))
    (programs / "id").write_text("#!/bin/sh\necho 1000\n")
    (programs / "id").chmod(0o755)
    ended = done("sh", "-c", "exit 7", PATH=str(programs))

    assert ended.returncode == 7
    assert (
        "no Docker engine answers, and only root can start one; what needs Docker is skipped" in ended.stderr
    )


def test_an_engine_that_does_not_start_is_none(tmp_path):
    """Its last words are told, and the command runs without it."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("docker", "dockerd", "iptables", "id"):
        says = {"id": "echo 0", "dockerd": "echo 'may not mount'; exit 1", "docker": "exit 1"}.get(
            name, "exit 0"
        )
        (programs / name).write_text(f"#!/bin/sh\n{says}\n")
        (programs / name).chmod(0o755)
    ended = done("sh", "-c", "docker info || exit 7", PATH=f"{programs}:{os.environ['PATH']}")

    assert ended.returncode == 7
    assert "may not mount\nopea-harness: no container can be run here" in ended.stderr
