"""Serves an ASGI app as a part of a process that does other things too: in its event loop, without a hand on its signals."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

from harness.errors import StackError

LOOPBACK = "127.0.0.1"
BACKLOG = 1024
START_LIMIT_S = 10.0
STOP_LIMIT_S = 1
KEEP_ALIVE_S = 60
POLL_S = 0.001


@asynccontextmanager
async def answering(app: Any, listeners: Sequence[socket.socket], who: str) -> AsyncIterator[None]:
    """The app, served on sockets that listen already for as long as the context lasts; they are closed in the end.

    Raises StackError, which names it as `who`, where it does not start.
    """
    server = _Server(
        uvicorn.Config(
            app,
            http="httptools",
            loop="none",
            lifespan="off",
            ws="none",
            log_level="warning",
            access_log=False,
            backlog=BACKLOG,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=STOP_LIMIT_S,
        )
    )
    running = asyncio.create_task(server.serve(list(listeners)))
    try:
        await _started(server, running, who)
        yield
    finally:
        server.should_exit = True
        await asyncio.wait({running})
        for listener in listeners:
            listener.close()
    running.result()  # What went wrong while it served.


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there (0 takes a free port), and whose connections send every token at once; raises OSError.

    asyncio switches Nagle's algorithm off only where a socket names its protocol, which `create_server`'s do not; with it on, a
    token waits up to 40 ms for the acknowledgement of the one before.
    """
    listener = socket.create_server((host, port), backlog=BACKLOG)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class _Server(uvicorn.Server):
    """A server that leaves signals to the process around it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


async def _started(server: uvicorn.Server, running: asyncio.Task[None], who: str) -> None:
    try:
        async with asyncio.timeout(START_LIMIT_S):
            while not server.started:
                if running.done():
                    raise StackError(f"{who}: the server ended before it was ready") from running.exception()
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        raise StackError(f"{who}: did not start within {START_LIMIT_S:g} s") from None
