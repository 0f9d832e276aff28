"""`opea-harness clean` as a process."""

import json
import platform

import pytest

from harness.containers.leftovers import Leftover
from harness.errors import StackError
from harness.owner import Owner
from tests.commands.command import run, sentence

DEAD = Owner(platform.node(), 1 << 22, 1)


@pytest.fixture
def left(tmp_path, monkeypatch):
    """A folder of a dead run, and no engine to be seen."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    folder = tmp_path / f"{DEAD.prefix}x"
    folder.mkdir()
    return folder


def test_what_would_be_removed_is_only_said(left, tmp_path):
    """And that there was no engine to look at."""
    done = run("clean", "--dry-run", cwd=tmp_path)

    assert done.returncode == 0
    assert f"folder     {left}\n" in done.stdout
    assert "would remove " in done.stdout
    assert "containers were not looked for: docker: no engine answers at unix://" in done.stdout
    assert left.exists()


def test_what_is_removed_is_told_as_json(left, tmp_path):
    """One document."""
    done = run("clean", "--json", cwd=tmp_path)
    said = json.loads(done.stdout)

    assert {"kind": "folder", "name": str(left)} in said["removed"]
    assert (said["dry_run"], said["kept"], done.returncode) == (False, [], 0)
    assert not left.exists()


def test_what_cannot_be_removed_is_named(monkeypatch, refused):
    """And nothing is said to be clean that is not."""

    def stuck():
        raise StackError("box: it is on fire")

    monkeypatch.setattr("harness.commands.clean.on_machine", lambda: [Leftover("container", "box", stuck)])
    monkeypatch.setenv("DOCKER_HOST", "tcp://192.0.2.1:2375")
    code, _, said = refused("clean", "--quiet")

    assert (code, said) == (4, "opea-harness: container box: cannot be removed: box: it is on fire")


def test_help_says_what_is_left_alone(tmp_path):
    """Before anything is done."""
    done = run("clean", "--help", cwd=tmp_path)

    assert "that of a run that lives, is left alone" in " ".join(done.stdout.split())
    assert sentence(done) == ""
