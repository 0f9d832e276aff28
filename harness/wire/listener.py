"""One address that can be taken down and brought up again, and is nobody else's in between."""

import asyncio
import socket
from collections.abc import Callable

from harness.errors import StackError

LOOPBACK = "127.0.0.1"
BACKLOG = 1024
CONNECT_LIMIT_S = 1.0


class Listener:
    """Listens on `host`:`port` (0 takes a free port) and makes a protocol of each connection.

    The port is held by a second socket that never listens, so that going down and coming up changes nothing but whether
    connections are refused. Both happen at once, within the call.
    """

    def __init__(
        self, protocol: Callable[[], asyncio.Protocol], *, host: str = LOOPBACK, port: int = 0
    ) -> None:
        self._protocol = protocol
        self._host = host
        self._family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._holding = self._bound(port)
        self._listening: socket.socket | None = None
        self._serving: asyncio.Task[asyncio.Server] | None = None

    @property
    def port(self) -> int:
        """The port, also while it is down."""
        return int(self._holding.getsockname()[1])

    @property
    def url(self) -> str:
        """The address, without a trailing slash."""
        return f"http://{f'[{self._host}]' if ':' in self._host else self._host}:{self.port}"

    @property
    def is_up(self) -> bool:
        """Whether it listens."""
        return self._listening is not None

    def up(self) -> None:
        """Listen; connections are taken from now on."""
        if self._listening is not None:
            return
        self._listening = self._bound(self.port)
        self._listening.listen(BACKLOG)
        loop = asyncio.get_running_loop()
        self._serving = loop.create_task(
            loop.create_server(self._protocol, sock=self._listening, backlog=BACKLOG)
        )

    def down(self) -> None:
        """Stop listening; connections are refused from now on, those that stand are not touched."""
        if self._listening is None or self._serving is None:
            return
        if self._serving.done() and not self._serving.cancelled() and self._serving.exception() is None:
            self._serving.result().close()
        else:
            self._serving.cancel()
        self._listening.close()
        self._listening = self._serving = None

    def refuses(self) -> bool:
        """Try it: whether a connection is refused at this moment."""
        with socket.socket(self._family) as caller:
            caller.settimeout(CONNECT_LIMIT_S)
            try:
                caller.connect((self._host, self.port))
            except ConnectionRefusedError:
                return True
            except OSError:
                return False
            return False

    def close(self) -> None:
        """Stop listening and give the port up."""
        self.down()
        self._holding.close()

    def _bound(self, port: int) -> socket.socket:
        bound = socket.socket(self._family)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((self._host, port))
        except OSError as error:
            bound.close()
            raise StackError(f"wire: port {port} cannot be had on {self._host}: {error.strerror}") from error
        bound.settimeout(0)
        return bound
