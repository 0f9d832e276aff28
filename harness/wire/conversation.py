"""A caller's connection and the connection to the node that is its own, as long as both last.

One for one, so that the node sees as many connections as without the wire, and each side's end is the other's.
"""

import asyncio
from collections.abc import Callable
from time import monotonic_ns

from harness.admin import PREFIX, Admin
from harness.switchboard import Standing
from harness.traces.context import below
from harness.wire.caller import Caller, Serving
from harness.wire.desk import ask_admin
from harness.wire.messages import Request, context_line
from harness.wire.passage import Passage, Sent
from harness.wire.plain import PlainRequest, head_as_sent
from harness.wire.record import Place
from harness.wire.upstream import Upstream, connect

_PREFIX = PREFIX.encode()
EXCHANGE_LIMIT_S = 900.0  # Above any node's own limit; what hangs longer is broken off.


class Conversation:
    """Makes a `Passage` of each request; `gone` is called when the caller's connection is closed."""

    def __init__(self, place: Place, admin: Admin, gone: Callable[["Conversation"], None]) -> None:
        self.caller = Caller(self)
        self._place = place
        self._admin = admin
        self._gone = gone
        self._upstream: Upstream | None = None
        self._passage: Passage | None = None
        self._sent: Sent | None = None
        self._watch: asyncio.TimerHandle | None = None

    @property
    def upstream(self) -> Upstream | None:
        """The connection to the node, if it is open."""
        return self._upstream if self._upstream is not None and self._upstream.is_open else None

    async def connect(self) -> Upstream:
        """Open the connection to the node; raises OSError or TimeoutError."""
        self._upstream = await connect(self._place.origin, self._place.ssl, self._upstream_left)
        return self._upstream

    def send_on(self, plain: PlainRequest) -> None:
        """Send a request on before it is even read, where no fault is on and the node's connection is open."""
        place, upstream = self._place, self._upstream
        if upstream is None or not upstream.is_open or not place.switchboard.is_clear:
            return
        head = head_as_sent(plain.head, place.origin)
        if head is None:
            return
        own = below(plain.context) if place.tracer else None
        self._sent = Sent(monotonic_ns(), own)
        upstream.write(head[0] + context_line(own or plain.context) + head[1] + plain.body)

    def serve(self, caller: Caller, request: Request) -> Serving:
        """Who answers this request."""
        if request.target.startswith(_PREFIX):
            path = request.target.decode("latin-1").partition("?")[0]
            return ask_admin(self._admin, caller, request, path)
        sent, self._sent = self._sent, None
        self._passage = Passage(self._place, caller, request, self, sent)
        if self._watch is None:
            self._watch = asyncio.get_running_loop().call_later(EXCHANGE_LIMIT_S, self._look)
        return self._passage

    def over(self, passage: Passage) -> None:
        """The passage has ended."""
        if self._passage is passage:
            self._passage = None

    def hang_up(self, error: str, standing: Standing | None = None) -> None:
        """Reset the caller's connection; an exchange under way ends as `error`, by the fault `standing` if it was one."""
        if self._passage is not None:
            self._passage.break_off(error, standing)
        self.caller.reset()

    def caller_left(self) -> None:
        """The caller is gone: the node's connection goes with it, at once."""
        if self._upstream is not None:
            self._upstream.abort()
        if self._watch is not None:
            self._watch.cancel()
        self._gone(self)

    def _look(self) -> None:
        """Break off an exchange that has lasted too long; look again when one under way will have."""
        self._watch = None
        if self._passage is None:
            return
        left_s = EXCHANGE_LIMIT_S - (monotonic_ns() - self._passage.began_ns) / 1e9
        if left_s > 0:
            self._watch = asyncio.get_running_loop().call_later(left_s, self._look)
        else:
            self._passage.break_off("total_timeout")

    def _upstream_left(self) -> None:
        """The node closed a connection that nobody was using: the caller is to know."""
        if self.caller.is_idle:
            self.caller.close()
