"""Docker's Engine API, read only: which containers there are, how each is, and what it last said.

It speaks HTTP over Docker's own socket and needs no library of Docker's, so that the doctor runs wherever the harness does.
Nothing but GET is ever sent.
"""

import asyncio
import hashlib
import json
import socket
import struct
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from harness.errors import StackError

SOCKET = "unix:///var/run/docker.sock"
TAIL_LINES = 300
LIMIT_S = 2.5
PING_S = 2.0
_WITHOUT = "or look at addresses alone with --node NAME=URL and --gateway URL"
_HEAD = struct.Struct(">BxxxL")  # The stream's number, three bytes of nothing, the length of what follows.


@dataclass(frozen=True, slots=True)
class Engine:
    """A Docker engine at `address`; what it does not answer raises StackError in one sentence."""

    address: str

    @property
    def is_here(self) -> bool:
        """Are its networks this machine's?"""
        return self.address.startswith("unix://")

    @property
    def host(self) -> str:
        """Where its published ports are."""
        place = self.address.partition("://")[2]
        return "127.0.0.1" if self.is_here else place.rpartition(":")[0] or place

    async def ping(self) -> None:
        """Make sure that there is an engine that answers this user."""
        await self._get("/_ping", PING_S)

    async def containers(self) -> list[Any]:
        """A summary of each container, those that do not run too."""
        return list(json.loads(await self._found("/containers/json?all=1")))

    async def inspect(self, id_: str) -> Any:
        """All that Docker knows of a container; None for one that has just gone."""
        status, body = await self._get(f"/containers/{id_}/json")
        return json.loads(body) if status == 200 else None

    async def log(self, id_: str, until_s: float = 0.0) -> tuple[str, ...] | None:
        """Its last lines, until then if that is said, both streams in their order; None where its logging driver does not give them."""
        until = f"&until={until_s:.0f}" if until_s else ""
        status, body = await self._get(f"/containers/{id_}/logs?stdout=1&stderr=1&tail={TAIL_LINES}{until}")
        return tuple(plain(body).decode("utf-8", "replace").splitlines()) if status == 200 else None

    async def info(self) -> Any:
        """What the engine says of itself."""
        return json.loads(await self._found("/info"))

    async def _found(self, path: str) -> bytes:
        status, body = await self._get(path)
        if status != 200:
            raise StackError(
                f"Docker: the engine at {self.address} answers {status} to GET {path}: {body[:200]!r}; see its own log"
            )
        return body

    async def _get(self, path: str, limit_s: float = LIMIT_S) -> tuple[int, bytes]:
        try:
            return await asyncio.to_thread(self._got, path, limit_s)
        except (OSError, HTTPException) as error:
            raise StackError(
                f"Docker: the engine at {self.address} cannot be asked: {_why(error)}; mend that, {_WITHOUT}"
            ) from error

    def _got(self, path: str, limit_s: float) -> tuple[int, bytes]:
        place = self.address.partition("://")[2]
        connection = _Unix(place, limit_s) if self.is_here else HTTPConnection(place, timeout=limit_s)
        try:
            connection.request("GET", path)
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()


class _Unix(HTTPConnection):
    """HTTP over a socket that is a file."""

    def __init__(self, path: str, limit_s: float) -> None:
        super().__init__("docker", timeout=limit_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


async def connected(address: str) -> Engine:
    """The engine at this address; raises StackError in one sentence where it cannot be talked to."""
    if address.partition("://")[0] not in ("unix", "tcp", "http"):
        raise StackError(
            f"Docker: {address} is none of unix:///PATH and tcp://HOST:PORT; set DOCKER_HOST to such an address, {_WITHOUT}"
        )
    engine = Engine(address)
    await engine.ping()
    return engine


def _why(error: Exception) -> str:
    match error:
        case FileNotFoundError():
            return "there is no such socket, so Docker is not running, or is elsewhere (DOCKER_HOST)"
        case PermissionError():
            return "this user may not use it (group docker, or sudo)"
        case ConnectionRefusedError():
            return "nothing listens there, so it is not running"
        case TimeoutError():
            return "it did not answer in time"
    return f"{type(error).__name__}: {error}"


def plain(stream: bytes) -> bytes:
    """A log without the heads of Docker's frames; a terminal's log has none and stays as it is."""
    parts, at = [], 0
    while at + _HEAD.size <= len(stream):
        number, count_bytes = _HEAD.unpack_from(stream, at)
        if number > 2 or stream[at + 1 : at + 4] != b"\0\0\0":
            return stream
        at += _HEAD.size
        parts.append(stream[at : at + count_bytes])
        at += count_bytes
    return b"".join(parts)


def engine_address(given: str, context: str, home: Path) -> str:
    """Where Docker is: as given, else as its current context says, else at the usual socket.

    `given` is DOCKER_HOST, `context` DOCKER_CONTEXT, `home` the user's folder with Docker's settings; either may be empty.
    """
    if given:
        return given
    settings = home / ".docker"
    name = context or str(_read(settings / "config.json").get("currentContext", ""))
    if name in ("", "default"):
        return SOCKET
    digest = hashlib.sha256(name.encode()).hexdigest()
    meta = _read(settings / "contexts" / "meta" / digest / "meta.json")
    return str(meta.get("Endpoints", {}).get("docker", {}).get("Host") or SOCKET)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
