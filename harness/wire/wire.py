"""The wire before one node: an address that stands in for the node's, and its conversations."""

import ssl as tls
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from harness.admin import Admin
from harness.comp import Dialect
from harness.errors import FaultError
from harness.fault import Fault
from harness.journal import Journal
from harness.switchboard import Standing, Switchboard
from harness.traces.emit import Tracer
from harness.wire.caller import Caller
from harness.wire.conversation import Conversation
from harness.wire.listener import LOOPBACK, Listener
from harness.wire.messages import Origin
from harness.wire.record import Place


@dataclass(frozen=True, slots=True)
class Behind:
    """The node behind a wire: its name and comp, its address, and how it streams (None: never)."""

    node: str
    comp: str
    upstream: str
    dialect: Dialect | None = None


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a wire reports to: a journal, and a tracer if its hop is to have a span."""

    journal: Journal = field(default_factory=Journal)
    tracer: Tracer | None = None
    run_id: str = ""


class Wire:
    """A proxy before one node. To be made in a running loop; `up` opens it, `close` ends it and all that crosses it.

    `switchboard` holds its faults and `admin` answers for it, also while it is down.
    """

    def __init__(
        self,
        behind: Behind,
        faults: Mapping[str, Fault],
        keeping: Keeping,
        *,
        host: str = LOOPBACK,
        port: int = 0,
    ) -> None:
        self.node = behind.node
        self.switchboard = Switchboard(behind.node, faults, self._settle)
        self.admin = Admin(keeping.journal, self.switchboard, self.move)
        origin = Origin.parse(behind.upstream)
        self._place = Place(
            behind.node,
            behind.comp,
            origin,
            behind.dialect,
            keeping.journal,
            self.switchboard,
            keeping.tracer,
            keeping.run_id,
            _context(origin),
        )
        self._listener = Listener(self._conversation, host=host, port=port)
        self._conversations: set[Conversation] = set()

    @property
    def url(self) -> str:
        """The address that stands in for the node's."""
        return self._listener.url

    def up(self) -> None:
        """Take connections."""
        self._listener.up()

    def close(self) -> None:
        """Break off what crosses, and give the address up."""
        self._listener.close()
        self._break_off("closed")

    def move(self, upstream: str) -> None:
        """The node is somewhere else now: what crosses is broken off, and the next request goes there. Raises StackError."""
        origin = Origin.parse(upstream)
        self._place = replace(self._place, origin=origin, ssl=_context(origin))
        self._break_off("reset")

    def _conversation(self) -> Caller:
        conversation = Conversation(self._place, self.admin, self._conversations.discard)
        self._conversations.add(conversation)
        return conversation.caller

    def _break_off(self, error: str, standing: Standing | None = None) -> None:
        for conversation in list(self._conversations):
            conversation.hang_up(error, standing)

    def _settle(self) -> None:
        """Be down or up, as the switchboard says; that connections are refused is tried, and only then it has fired."""
        standing = self.switchboard.down
        if standing is not None:
            self._go_down(standing)
        elif not self._listener.is_up:
            self._listener.up()
            if self._listener.refuses():
                raise FaultError(f"{self.node}: its wire was brought up again and still refuses connections")

    def _go_down(self, standing: Standing) -> None:
        self._listener.down()
        self._break_off("reset", standing)
        if not self._listener.refuses():
            self._listener.up()
            raise FaultError(f"{self.node}: its wire was taken down and still takes connections")
        if not standing.fired:
            standing.fire()


def _context(origin: Origin) -> tls.SSLContext | None:
    return tls.create_default_context() if origin.is_tls else None
