"""Serves any number of mocks, on loopback unless told, one port each, by one uvicorn: the port a request came to says which mock is meant."""

import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from harness.errors import StackError, UsageError
from harness.mocking.app import Mock
from harness.mocking.asgi import Receive, Scope, Send
from harness.processes.serving import LOOPBACK, answering, listening

HOST = LOOPBACK


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

    async with answering(dispatch, sockets, "mocks"):
        yield {mock.name: f"http://{host}:{port}" for port, mock in by_port.items()}


def _listening(served: Sequence[Mock], ports: Sequence[int], host: str) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    for mock, port in zip(served, ports, strict=True):
        try:
            sockets.append(listening(host, port))
        except OSError as error:
            for each in sockets:
                each.close()
            raise StackError(f"{mock.name}: port {port} cannot be listened on: {error.strerror}") from error
    return sockets
