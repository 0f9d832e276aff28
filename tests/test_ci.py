"""What `.ci/docker` does with the command that it is given, as far as nothing has to be installed for it."""

import os
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
