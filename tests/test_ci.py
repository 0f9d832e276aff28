"""What `.ci/run` and `.ci/docker` come to, as far as nothing has to be installed for it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CI = Path(__file__).parents[1] / ".ci"
DOCKER = CI / "docker"


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


@pytest.mark.parametrize(
    ("lint", "test", "failed"),
    [(0, 0, ""), (1, 0, "make lint"), (0, 1, "make test"), (2, 3, "make lint, make test")],
)
def test_a_run_says_in_the_end_what_of_it_failed(tmp_path, lint, test, failed):
    """The tests are run whatever the lint came to, and the last line tells of both."""
    scripts = {
        ".ci/browser": "exit 0",
        ".ci/docker": 'exec "$@"',
        "bin/make": f'[ "$1" = lint ] && exit {lint}\nexit {test}',
    }
    for name, says in scripts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"#!/bin/sh\n{says}\n")
        (tmp_path / name).chmod(0o755)
    shutil.copy(CI / "run", tmp_path / ".ci" / "run")
    ended = subprocess.run(
        [tmp_path / ".ci" / "run"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"},
    )

    assert ended.returncode == bool(failed)
    assert ended.stderr.rstrip().endswith(f"\n== failed: {failed}" if failed else "s, exit 0")
