"""Connections to a PostgreSQL: used again, given up when they are dead, never waited for without end."""

import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from harness.comp import Refusal
from mocks import _database
from mocks._database import HANG_UP_S, Database
from tests.postgres.embedded import embedded


@pytest.mark.needs("pgvector")
def test_a_connection_is_used_again(dsn):
    """One backend answers what is asked one after the other."""
    database = Database(dsn)
    pids = {database.rows("SELECT pg_backend_pid()")[0][0] for _ in range(5)}
    database.close()

    assert len(pids) == 1


@pytest.mark.needs("pgvector")
def test_threads_have_connections_of_their_own(dsn):
    """Four that hold one at once hold four."""
    database, together = Database(dsn), threading.Barrier(4)

    def ask(_):
        with database.connection() as connection:
            together.wait(20)
            return connection.execute("SELECT pg_backend_pid()").fetchone()

    with ThreadPoolExecutor(4) as threads:
        pids = set(threads.map(ask, range(4)))
    database.close()

    assert len(pids) == 4


@pytest.mark.needs("pgvector")
def test_a_database_that_came_again_is_found(dsn):
    """What was connected to the one before fails once, and is thrown away."""
    database = Database(dsn)
    ((pid,),) = database.rows("SELECT pg_backend_pid()")
    other = Database(dsn)
    other.rows("SELECT pg_terminate_backend(%s, 5000)", pid)
    other.close()

    with pytest.raises(Refusal, match="500: vector store: AdminShutdown: terminating connection"):
        database.rows("SELECT 1")
    assert database.rows("SELECT 1") == [(1,)]
    database.close()


@pytest.mark.needs("pgvector")
def test_a_database_that_stops_in_its_tracks_is_not_waited_for(monkeypatch):
    """It keeps no limit of its own, so the line is cut."""
    monkeypatch.setattr(_database, "HANG_UP_S", 0.3)
    with embedded() as (process, ready):
        database = Database(ready["dsn"])
        database.rows("SELECT 1")
        stopped = psutil.Process(process.pid).children(recursive=True)
        for each in stopped:
            each.send_signal(signal.SIGSTOP)
        began_s = time.monotonic()
        try:
            with pytest.raises(Refusal, match="500: vector store: OperationalError"):
                database.rows("SELECT 1")
            took_s = time.monotonic() - began_s
        finally:
            for each in stopped:
                each.send_signal(signal.SIGCONT)
        database.close()

    assert 0.3 <= took_s < HANG_UP_S


@pytest.mark.needs("pgvector")
def test_a_database_that_is_not_there_is_refused_with_its_words():
    """As the real comp answers: an internal error."""
    with pytest.raises(Refusal, match=r"500: vector store: OperationalError: .*Connection refused"):
        Database("postgresql://x@127.0.0.1:1/x").rows("SELECT 1")


def test_without_its_package_it_says_what_to_install(monkeypatch):
    """And is an internal error like any other."""
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(
        Refusal, match=r"psycopg.* is not installed; `pip install 'opea-harness\[postgres\]'` brings it"
    ):
        Database("postgresql:///x").rows("SELECT 1")
