"""Serves any number of mocks, on loopback unless told, one port each, by one uvicorn: the port a request came to says which mock is meant."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import uvicorn

from harness.errors import StackError, UsageError
from harness.stack.mock_app import Mock
from harness.stack.mock_http import Receive, Scope, Send

HOST = "127.0.0.1"
BACKLOG = 1024
STOP_LIMIT_S = 1
KEEP_ALIVE_S = 60


@asynccontextmanager
async def serving(
    served: Sequence[Mock], ports: Sequence[int] = (), *, host: str = HOST
) -> AsyncIterator[Mapping[str, str]]:
    """The mocks' addresses by name while they are served on `host`; free ports where `ports` says 0 or nothing."""
    if len({mock.name for mock in served}) != len(served):
        raise UsageError(f"mocks: names {[mock.name for mock in served]} are not all different")
    wanted = [*ports, *[0] * (len(served) - len(ports))]
    sockets = _listening(served, wanted, host)
    by_port = {each.getsockname()[1]: mock for each, mock in zip(sockets, served, strict=True)}

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        await by_port[scope["server"][1]](scope, receive, send)

    server = _Server(_config(dispatch))
    running = asyncio.ensure_future(server.serve(sockets))
    try:
        while not server.started:
            if running.done():
                running.result()
                raise StackError("mocks: the server ended before it was ready")
            await asyncio.sleep(0.001)
        yield {mock.name: f"http://{host}:{port}" for port, mock in by_port.items()}
    finally:
        server.should_exit = True
        await running
        for each in sockets:
            each.close()


def _config(dispatch: Any) -> uvicorn.Config:
    return uvicorn.Config(
        dispatch,
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


class _Server(uvicorn.Server):
    """A server that leaves signals to the process around it."""

    def capture_signals(self) -> Any:
        """Capture none."""
        return nullcontext()


def _listening(served: Sequence[Mock], ports: Sequence[int], host: str) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    for mock, port in zip(served, ports, strict=True):
        try:
            sockets.append(_listener(host, port))
        except OSError as error:
            for each in sockets:
                each.close()
            raise StackError(f"{mock.name}: port {port} cannot be listened on: {error.strerror}") from error
    return sockets


def _listener(host: str, port: int) -> socket.socket:
    """A listening socket whose connections send every token at once.

    asyncio switches Nagle's algorithm off only where a socket names its protocol, which `create_server`'s do not; with it on, a
    token waits up to 40 ms for the acknowledgement of the one before.
    """
    listener = socket.create_server((host, port), backlog=BACKLOG)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
