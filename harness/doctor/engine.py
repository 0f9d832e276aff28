"""Docker's Engine API, read only: which containers there are, how each is, and what it last said.

It speaks HTTP over Docker's own socket and needs no library of Docker's, so that the doctor runs wherever the harness does.
Nothing but GET is ever sent.
"""

import asyncio
import hashlib
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from harness.errors import StackError

SOCKET = "unix:///var/run/docker.sock"
TAIL_LINES = 300
_WITHOUT = "or look at addresses alone with --node NAME=URL and --gateway URL"
_HEAD = struct.Struct(">BxxxL")  # The stream's number, three bytes of nothing, the length of what follows.


@dataclass(frozen=True, slots=True)
class Engine:
    """A Docker engine that answers; `host` is where its published ports are, `is_here` whether its networks are this machine's."""

    client: httpx.AsyncClient
    host: str
    is_here: bool

    async def containers(self) -> list[Any]:
        """A summary of each container, those that do not run too."""
        return list(await self._json("/containers/json?all=1"))

    async def inspect(self, id_: str) -> Any:
        """All that Docker knows of a container; None for one that has just gone."""
        try:
            return await self._json(f"/containers/{id_}/json")
        except httpx.HTTPStatusError as error:
            if error.response.status_code == 404:
                return None
            raise

    async def log(self, id_: str) -> tuple[str, ...]:
        """Its last lines, both streams in their order; raises HTTPStatusError where its logs cannot be read."""
        reply = await self.client.get(f"/containers/{id_}/logs?stdout=1&stderr=1&tail={TAIL_LINES}")
        reply.raise_for_status()
        return tuple(plain(reply.content).decode("utf-8", "replace").splitlines())

    async def info(self) -> Any:
        """What the engine says of itself."""
        return await self._json("/info")

    async def _json(self, path: str) -> Any:
        reply = await self.client.get(path)
        reply.raise_for_status()
        return reply.json()


@asynccontextmanager
async def connected(address: str, limit_s: float) -> AsyncIterator[Engine]:
    """The engine at this address; raises StackError in one sentence where it cannot be talked to."""
    scheme, _, place = address.partition("://")
    if scheme == "unix":
        _require_socket(Path(place))
        transport = httpx.AsyncHTTPTransport(uds=place)
        client = httpx.AsyncClient(transport=transport, base_url="http://docker", timeout=limit_s)
        engine = Engine(client, "127.0.0.1", is_here=True)
    elif scheme in ("tcp", "http"):
        client = httpx.AsyncClient(base_url=f"http://{place}", timeout=limit_s, trust_env=False)
        engine = Engine(client, place.rpartition(":")[0] or place, is_here=False)
    else:
        raise StackError(
            f"Docker: {address} is none of unix:///PATH and tcp://HOST:PORT; set DOCKER_HOST to such an address, {_WITHOUT}"
        )
    async with client:
        await _require_answer(engine, address)
        yield engine


def _require_socket(path: Path) -> None:
    try:
        is_there = path.is_socket()
    except PermissionError:
        is_there = True
    if not is_there:
        raise StackError(
            f"Docker: there is no engine at {path}; start Docker, set DOCKER_HOST to where it is, {_WITHOUT}"
        )


async def _require_answer(engine: Engine, address: str) -> None:
    try:
        async with asyncio.timeout(2.0):
            reply = await engine.client.get("/_ping")
        reply.raise_for_status()
    except (httpx.HTTPError, TimeoutError) as error:
        denied = "ermission denied" in str(error)
        why = "this user may not use it (group docker, or sudo)" if denied else _why(error)
        raise StackError(
            f"Docker: the engine at {address} cannot be asked: {why}; mend that, {_WITHOUT}"
        ) from error


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return "it did not answer within 2 s"
    return (
        "nothing listens there, so it is not running" if isinstance(error, httpx.ConnectError) else f"{error}"
    )


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
