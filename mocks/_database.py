"""Connections to a PostgreSQL, for the mocks that keep something there. A database that is not there is an internal error, as theirs is."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from queue import Empty, Full, LifoQueue
from threading import Timer
from typing import TYPE_CHECKING, Any

from harness.comp import Refusal

if TYPE_CHECKING:
    from psycopg import Connection

CONNECT_LIMIT_S = 3
QUERY_LIMIT_MS = 4000
HANG_UP_S = 5.0  # A database that is stopped in its tracks does not keep its own limits.
KEPT = 16  # Connections that wait for the next query.


@dataclass(slots=True)
class Database:
    """Connections to one PostgreSQL, made when wanted and used again; for threads too."""

    dsn: str
    _idle: "LifoQueue[Connection[Any]]" = field(default_factory=lambda: LifoQueue(KEPT))

    @contextmanager
    def connection(self) -> Iterator["Connection[Any]"]:
        """A connection for a while; raises Refusal, of status 500, where the database does not do what it is asked.

        What it says of a value comes through as it is: psycopg's DataError.
        """
        psycopg = _driver()
        try:
            connection = self._taken() or self._connected()
            ending = Timer(HANG_UP_S, _hang_up, (connection,))
            ending.start()
            try:
                yield connection
            finally:
                ending.cancel()
                self._give_back(connection)
        except psycopg.DataError:
            raise
        except psycopg.Error as error:
            self.close()  # Those that wait may be as dead as this one.
            first = str(error).strip().partition("\n")[0]
            raise Refusal(500, f"vector store: {type(error).__name__}: {first}") from None

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self.connection() as connection:
            return connection.execute(query, values).fetchall()

    def count(self, command: str, *values: object) -> int:
        """How many rows a command has changed."""
        with self.connection() as connection:
            return connection.execute(command, values).rowcount

    def close(self) -> None:
        """Close every connection that waits."""
        while connection := self._taken():
            connection.close()

    def _taken(self) -> "Connection[Any] | None":
        try:
            return self._idle.get_nowait()
        except Empty:
            return None

    def _connected(self) -> "Connection[Any]":
        limits = f"-c statement_timeout={QUERY_LIMIT_MS}"
        connection: Connection[Any] = _driver().connect(
            self.dsn, connect_timeout=CONNECT_LIMIT_S, options=limits, autocommit=True
        )
        return connection

    def _give_back(self, connection: "Connection[Any]") -> None:
        try:
            if not connection.closed:
                self._idle.put_nowait(connection)
        except Full:
            connection.close()


def _hang_up(connection: "Connection[Any]") -> None:
    """End a connection whose database has fallen silent: whoever waits for it is told so."""
    with suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


def _driver() -> Any:
    try:
        import psycopg
    except ImportError as error:
        raise Refusal(
            500,
            "vector store: the package psycopg, which speaks to PostgreSQL, is not installed; "
            "`pip install 'opea-harness[postgres]'` brings it",
        ) from error
    return psycopg
