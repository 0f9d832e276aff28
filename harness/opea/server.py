"""The HTTP side of a local service: a socket that listens, and uvicorn that serves on it."""

import asyncio
import socket
import threading

import uvicorn
import uvloop
from starlette.types import ASGIApp

from harness.cycles import collect_rarely

KEEP_ALIVE_S = 75  # Above what clients keep a connection for; uvicorn's own 5 s makes them meet a closed one.


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens at an address; port 0 takes a free one. RuntimeError says which port is taken."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise RuntimeError(f"host {host!r} has no address: {error.strerror}") from None
    family, kind, protocol, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise RuntimeError(f"port:{port} of host {host} cannot be served: {error.strerror}") from None
    listener.setblocking(False)  # noqa: FBT003 - the standard library's signature
    return listener


class Server:
    """Serves an app on a socket that listens already, until it is stopped."""

    def __init__(self, app: ASGIApp, listener: socket.socket, tls: dict[str, str]) -> None:
        self._listener = listener
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                http="httptools",
                ws="none",
                proxy_headers=False,
                lifespan="on",
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=5,
                **tls,  # type: ignore[arg-type]
            )
        )

    def run(self) -> None:
        """Serve in an event loop of its own; returns when stopped. Where it is all that the process does, little else may stop it."""
        if threading.current_thread() is threading.main_thread():
            collect_rarely()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self.serve())

    async def serve(self) -> None:
        """Serve in the running event loop."""
        await self._uvicorn.serve(sockets=[self._listener])

    def stop(self) -> None:
        """Ask it to end; from any thread. One that does not serve just gives its port back."""
        if self._uvicorn.started:
            self._uvicorn.should_exit = True
        else:
            self._listener.close()
