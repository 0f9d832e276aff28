"""A cluster that is kept: the next one begins as its copy, and what cannot be kept costs a second and nothing else."""

import json
import os
import pwd
import subprocess
import sys

import pytest

from harness.postgres.template import MARK, begun_from, kept_at

NOBODY = pwd.getpwnam("nobody")


def cluster(folder):
    """What looks like one."""
    (folder / "base").mkdir(parents=True)
    (folder / MARK).write_text("16\n")
    (folder / "base" / "1").write_text("rows")
    return folder


def files(folder):
    return {str(each.relative_to(folder)): each.read_text() for each in folder.rglob("*") if each.is_file()}


def test_what_is_kept_is_copied_for_the_next(tmp_path):
    """Whole, for its user alone, and without touching what is kept."""
    made = cluster(tmp_path / "made")
    kept_at(tmp_path / "cache" / "kept", made)
    data = tmp_path / "data"

    assert begun_from(tmp_path / "cache" / "kept", data, None)
    assert files(data) == files(made)
    assert data.stat().st_mode & 0o777 == 0o700
    assert os.listdir(tmp_path / "cache") == ["kept"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_copy_belongs_to_its_user(tmp_path):
    """Folders and files, as PostgreSQL wants them."""
    data = tmp_path / "data"
    begun_from(cluster(tmp_path / "kept"), data, NOBODY)

    assert {each.stat().st_uid for each in (data, *data.rglob("*"))} == {NOBODY.pw_uid}


def test_where_nothing_is_kept_nothing_is_copied(tmp_path):
    """Nor from a folder that is no cluster."""
    (tmp_path / "no-cluster").mkdir()

    assert not begun_from(tmp_path / "nothing", tmp_path / "data", None)
    assert not begun_from(tmp_path / "no-cluster", tmp_path / "data", None)
    assert not (tmp_path / "data").exists()


def test_the_first_to_keep_wins_and_what_cannot_be_kept_is_let_be(tmp_path):
    """Neither leaves anything half made."""
    made = cluster(tmp_path / "made")
    kept_at(tmp_path / "cache" / "kept", made)
    (made / "base" / "1").write_text("later")
    kept_at(tmp_path / "cache" / "kept", made)
    (tmp_path / "file").touch()
    kept_at(tmp_path / "file" / "kept", made)

    assert files(tmp_path / "cache" / "kept")["base/1"] == "rows"
    assert os.listdir(tmp_path / "cache") == ["kept"]


def test_what_a_dead_run_left_half_copied_is_taken_away(tmp_path):
    """By the next that keeps one; what a living one is at, and what is nobody's, stays."""
    cache = tmp_path / "cache"
    for name in ("opea-harness-999999999-5-x", "theirs"):
        (cache / name).mkdir(parents=True)
    kept_at(cache / "kept", cluster(tmp_path / "made"))

    assert sorted(os.listdir(cache)) == ["kept", "theirs"]


@pytest.mark.needs("pgvector")
def test_a_cluster_begun_from_a_copy_answers_like_the_first(tmp_path):
    """Also after the first one wrote into its own."""

    import psycopg

    def served():
        argv = [sys.executable, "-P", "-m", "harness.postgres.process", "--template", str(tmp_path / "kept")]
        with subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            ready = json.loads(process.stdout.readline())
            with psycopg.connect(ready["dsn"]) as connection:
                (is_new,) = connection.execute("SELECT to_regclass('mine') IS NULL").fetchone()
                connection.execute("CREATE TABLE mine (id int)")
            _, said = process.communicate(timeout=30)
        return is_new, "running bootstrap script" in said

    assert [served(), served()] == [(True, True), (True, False)]
