"""Runs inside a container, of whatever image has a Python: takes connections on ports of names, and passes them on, byte for byte.

It stands alone: no import but of the standard library, for any Python from 3.7 on. Its one argument is a JSON object: port -> name ->
[host, port]. Where a port leads to one place, whatever comes is passed on at once. Where several names share a port, as two model servers
on port 80 do, the Host of a connection's first request says which one is meant.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Awaitable, Callable, Dict, Optional, Tuple  # noqa: UP035 - for an older Python than ours

Place = Tuple[str, int]  # noqa: UP006
Places = Dict[str, Place]  # noqa: UP006

HEAD_BYTES_MAX = 65536
PIECE_BYTES = 65536
CONNECT_S = 5
NOBODY = "HTTP/1.1 421 Misdirected Request\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n"


def chosen(head: bytes, places: Places) -> Optional[Place]:  # noqa: UP045
    """The place that the Host of a request's head names; None for a name that has none."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"host":
            return places.get(value.strip().decode("latin-1").partition(":")[0].lower())
    return None


async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on all that comes until it ends, and then say so; raises OSError where a side breaks off."""
    while True:
        piece = await reader.read(PIECE_BYTES)
        if not piece:
            break
        writer.write(piece)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


async def served(places: Places, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection from its first byte to its last; what breaks on one side is broken off on the other."""
    targets = list(set(places.values()))
    back = None
    try:
        head = await reader.readuntil(b"\r\n\r\n") if len(targets) > 1 else b""
        target = chosen(head, places) if head else targets[0]
        if target is None:
            words = f"no service of this name has this port; names are {sorted(places)}\n"
            writer.write((NOBODY + words).encode())
            await writer.drain()
            return
        there, back = await asyncio.wait_for(asyncio.open_connection(target[0], target[1]), CONNECT_S)
        back.write(head)
        await asyncio.gather(passed_on(reader, back), passed_on(there, writer))
    except asyncio.IncompleteReadError as error:
        if error.partial:
            sys.stderr.write(f"{sorted(places)}: ended in the middle of a request's head\n")
    except (OSError, asyncio.TimeoutError, asyncio.LimitOverrunError) as error:  # noqa: UP041
        sys.stderr.write(f"{sorted(places)}: {error!r}\n")
        for each in (writer, back):
            if each is not None:
                each.transport.abort()
    finally:
        for each in (writer, back):
            if each is not None:
                each.close()


def taking(places: Places) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """What serves the connections of one port."""
    lower: Places = {name.lower(): (place[0], place[1]) for name, place in places.items()}
    return lambda reader, writer: served(lower, reader, writer)


async def main(table: Dict[str, Places], host: str = "0.0.0.0") -> None:  # noqa: UP006 - a container's own network
    """Listen on every port until killed; a port 0 is a free one."""
    servers = [
        await asyncio.start_server(taking(places), host, int(port), limit=HEAD_BYTES_MAX)
        for port, places in table.items()
    ]
    ports = [each.sockets[0].getsockname()[1] for each in servers]
    sys.stdout.write(json.dumps({"ready": True, "ports": ports}) + "\n")
    sys.stdout.flush()
    await asyncio.gather(*(each.serve_forever() for each in servers))


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
