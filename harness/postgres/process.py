"""Runs an embedded PostgreSQL with pgvector as a process of ours.

    python -m harness.postgres.process [--template FOLDER]

prints `{"ready": true, "dsn": ...}` when it has answered a query about vectors, and ends when its standard input does. It listens at
no port: who may use it reaches its socket, in a folder that only its user and root can enter. Nothing of it stays but an empty
cluster at FOLDER, of which the next one begins as a copy, in a tenth of the time.
"""

import argparse
import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from pwd import struct_passwd
from typing import Any

from harness.errors import HarnessError, StackError
from harness.owner import this_process
from harness.postgres.programs import can_enter, installation, lacking, reachable, unprivileged
from harness.postgres.template import begun_from, kept_at
from harness.processes.program import Program, keep, running

SUPERUSER = "postgres"
PLACE_BYTES_MAX = 50  # Of the 107 that a socket's path may have.
INIT_LIMIT_S = 60.0
READY_LIMIT_S = 20.0
POLL_S = 0.02
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC"}
INIT_OPTIONS = (
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--wal-segsize=1",
    "--no-sync",
    "--no-instructions",
)
# It is thrown away at the end, so nothing need survive the machine.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "32MB",
    "max_connections": "64",
    "jit": "off",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A PostgreSQL that is to be: programs, whose it is, and the folder that holds its data and its socket."""

    programs: Path
    folder: Path
    user: struct_passwd | None

    @property
    def dsn(self) -> str:
        """How it is reached, through its socket."""
        return f"postgresql://{SUPERUSER}@/postgres?host={self.folder}"

    @property
    def data(self) -> Path:
        """The folder of its data."""
        return self.folder / "data"

    def initialised(self) -> Program:
        """What makes an empty cluster."""
        argv = (str(self.programs / "bin" / "initdb"), "--pgdata", str(self.data), "--username", SUPERUSER)
        return Program("initdb", (*argv, *INIT_OPTIONS), ENVIRONMENT, self.user)

    def served(self) -> Program:
        """The server; on SIGINT it lets go of every client and ends."""
        argv = [str(self.programs / "bin" / "postgres"), "-D", str(self.data)]
        for name, value in {**SETTINGS, "unix_socket_directories": str(self.folder)}.items():
            argv += ["-c", f"{name}={value}"]
        return Program("PostgreSQL", argv, ENVIRONMENT, self.user, stop=signal.SIGINT)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A cluster's folder, which goes with the context."""
    found, user = installation(), unprivileged()
    folder = Path(tempfile.mkdtemp(prefix=this_process().prefix, dir=_place(user)))
    try:
        programs = reachable(found, user, folder / "programs")
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        yield Cluster(programs, folder, user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _place(user: struct_passwd | None) -> str:
    """Where the folder goes: TMPDIR unless a socket's path would be too long there, or that user could not get there."""
    given = Path(tempfile.gettempdir())
    fits = len(os.fsencode(given)) < PLACE_BYTES_MAX and can_enter(given, user)
    return str(given) if fits else "/tmp"  # noqa: S108 - mkdtemp makes the folder, and it is ours alone


async def run(template: Path | None = None) -> None:
    """Run it until our standard input ends; raises StackError where it does not start."""
    if why := lacking():
        raise StackError(why)
    with cluster() as made:
        # Meanwhile what speaks to it is loaded, which takes a third as long.
        await asyncio.gather(_initialise(made, template), asyncio.to_thread(import_module, "psycopg"))
        await keep(made.served(), partial(_answering, made.dsn))


async def _initialise(made: Cluster, template: Path | None) -> None:
    begun = template is not None and await asyncio.to_thread(begun_from, template, made.data, made.user)
    if begun:
        return
    async with running(made.initialised()) as initdb:
        try:
            code = await asyncio.wait_for(initdb.wait(), INIT_LIMIT_S)
        except TimeoutError as error:
            raise StackError(f"initdb: not done after {INIT_LIMIT_S:g} s") from error
    if code != 0:
        raise StackError(f"initdb: ended with code {code}")
    if template:
        await asyncio.to_thread(kept_at, template, made.data)


async def _answering(dsn: str) -> Mapping[str, object]:
    """Wait until it compares two vectors; gives how it is reached."""
    try:
        async with asyncio.timeout(READY_LIMIT_S):
            while True:
                if versions := await _versions(dsn):
                    return {"dsn": dsn, **versions}
                await asyncio.sleep(POLL_S)
    except TimeoutError as error:
        raise StackError(f"PostgreSQL: does not answer after {READY_LIMIT_S:g} s") from error


async def _versions(dsn: str) -> Mapping[str, Any]:
    """Which PostgreSQL with which pgvector answers; nothing where none does yet."""
    import psycopg

    with suppress(psycopg.OperationalError):
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
            await connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
            found = await connection.execute(
                "SELECT current_setting('server_version'), extversion, '[1,2]'::vector <=> '[1,2]'"
                " FROM pg_extension WHERE extname = 'vector'"
            )
            row = await found.fetchone()
            return {"postgresql": row[0], "pgvector": row[1]} if row else {}
    return {}


def main() -> int:
    """Run it; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m harness.postgres.process", description=__doc__)
    parser.add_argument(
        "--template", type=Path, help="an empty cluster to begin from; made where there is none"
    )
    try:
        asyncio.run(run(parser.parse_args().template))
    except HarnessError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
