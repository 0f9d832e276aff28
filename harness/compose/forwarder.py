"""Runs inside a container, of whatever image has a Python: takes connections on ports of names, and passes them on, byte for byte.

It stands alone: no import but of the standard library, for any Python from 3.7 on. Its one argument is a JSON object: port -> name ->
[host, port]. Where a port leads to one place, whatever comes is passed on at once. Where several names share a port, as two model servers
on port 80 do, the Host of a connection's first request says which one is meant.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import sys
from typing import Callable, Dict, Optional, Tuple  # noqa: UP035 - for an older Python than ours

Place = Tuple[str, int]  # noqa: UP006
Places = Dict[str, Place]  # noqa: UP006

HEAD_BYTES_MAX = 65536
BACKLOG = 1024
CONNECT_S = 5
NOBODY = "HTTP/1.1 421 Misdirected Request\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n"


def chosen(head: bytes, places: Places) -> Optional[Place]:  # noqa: UP045
    """The place that the Host of a request's head names; None for a name that has none."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"host":
            return places.get(value.strip().decode("latin-1").partition(":")[0].lower())
    return None


def break_off(transport: asyncio.Transport) -> None:
    """End a connection with a reset, which is what a fault of that name is to be for who called."""
    end = transport.get_extra_info("socket")
    if end is not None and not transport.is_closing():
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class Side(asyncio.Protocol):
    """One of the two connections: what comes here goes out there, and so does its end."""

    def __init__(self, other: Optional[Side] = None) -> None:  # noqa: UP045
        self.other = other
        self.has_ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Write there from now on."""
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Pass it on."""
        assert self.other is not None
        self.other.transport.write(data)

    def eof_received(self) -> bool:
        """Nothing more comes from here; when nothing comes from either, both are over."""
        self.has_ended = True
        other = self.other
        if other is None or other.has_ended:
            self.transport.close()
            if other is not None:
                other.transport.close()
        elif other.transport.can_write_eof():
            other.transport.write_eof()
        return True

    def connection_lost(self, exc: Optional[Exception]) -> None:  # noqa: UP045
        """What broke off here is broken off there."""
        if self.other is not None:
            if exc:
                break_off(self.other.transport)
            else:
                self.other.transport.close()

    def pause_writing(self) -> None:
        """Who sends too fast waits."""
        if self.other is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        """And goes on."""
        if self.other is not None and not self.other.transport.is_closing():
            self.other.transport.resume_reading()


class Caller(Side):
    """The connection of whoever called a name; nothing is read on while its place is not found and reached."""

    def __init__(self, places: Places) -> None:
        super().__init__()
        self._places = places
        self._head = b""
        self._going: Optional[asyncio.Task[None]] = None  # noqa: UP045

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Where a port leads to one place, go there."""
        super().connection_made(transport)
        targets = set(self._places.values())
        if len(targets) == 1:
            self._go(targets.pop())

    def data_received(self, data: bytes) -> None:
        """Wait for a request's whole head where that says which place is meant."""
        if self.other is not None:
            self.other.transport.write(data)
            return
        self._head += data
        if self._going is None and b"\r\n\r\n" in self._head:
            self._choose()
        elif self._going is None and len(self._head) > HEAD_BYTES_MAX:
            self.transport.abort()

    def connection_lost(self, exc: Optional[Exception]) -> None:  # noqa: UP045
        """Go nowhere for one who has left."""
        if self._going is not None and self.other is None:
            self._going.cancel()
        super().connection_lost(exc)

    def _choose(self) -> None:
        target = chosen(self._head, self._places)
        if target is not None:
            self._go(target)
            return
        words = f"no service of this name has this port; names are {sorted(self._places)}\n"
        self.transport.write((NOBODY + words).encode())
        self.transport.close()

    def _go(self, target: Place) -> None:
        self.transport.pause_reading()
        self._going = asyncio.get_running_loop().create_task(self._reach(target))

    async def _reach(self, target: Place) -> None:
        try:
            reaching = asyncio.get_running_loop().create_connection(lambda: Side(self), *target)
            _, side = await asyncio.wait_for(reaching, CONNECT_S)
        except (OSError, asyncio.TimeoutError) as error:  # noqa: UP041
            sys.stderr.write(f"{sorted(self._places)}: {error!r}\n")
            break_off(self.transport)
            return
        side.transport.write(self._head)
        self._head = b""
        self.other = side
        if self.transport.is_closing():
            side.transport.close()
        else:
            self.transport.resume_reading()


def taking(places: Places) -> Callable[[], Caller]:
    """What makes the connections of one port."""
    lower: Places = {name.lower(): (place[0], place[1]) for name, place in places.items()}
    return lambda: Caller(lower)


async def main(table: Dict[str, Places], host: str = "0.0.0.0") -> None:  # noqa: UP006 - a container's own network
    """Listen on every port until killed; a port 0 is a free one."""
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(taking(places), host, int(port), backlog=BACKLOG)
        for port, places in table.items()
    ]
    ports = [each.sockets[0].getsockname()[1] for each in servers]
    sys.stdout.write(json.dumps({"ready": True, "ports": ports}) + "\n")
    sys.stdout.flush()
    await asyncio.gather(*(each.serve_forever() for each in servers))


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
