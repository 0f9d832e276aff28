"""Watches one question on its way: what crossed each hop, as the hops' own journals tell.

Wires and mocks of the harness keep a journal and answer for it on loopback, also when the gateway is somebody else's. A node
that keeps none is said so, and asked directly for a sign of life.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace

import orjson

from harness.client import ClientError, Limits
from harness.comp import FRAMEWORK_PATHS, Comp
from harness.examine import Examined, examine
from harness.history import Exchange, from_json
from harness.stack.stack import Hop, Stack

LIMITS = Limits(connect_s=1.0, first_byte_s=3.0, idle_s=3.0, total_s=3.0)
POLL_S = 0.03
QUIET_POLLS = 4
LAG_NS = 20_000_000  # From the end of an exchange until its journal holds it.


@dataclass(slots=True)
class Watch:
    """The journals of a stack's hops. `begin` before the question, then `until` it is answered gives exchanges as they end.

    `blind` says of a node why nothing can be seen of it. Journals are read every `pace_s`.
    """

    stack: Stack
    comps: Mapping[str, Comp]
    blind: dict[str, str] = field(default_factory=dict)
    pace_s: float = POLL_S
    _seen: dict[str, int] = field(default_factory=dict)

    async def begin(self) -> None:
        """Note where each journal stands."""
        for name, hop in self._graph_hops().items():
            answer = await self._journal(hop, 0)
            if isinstance(answer, str):
                self.blind[name] = answer
            else:
                self._seen[name] = max((each.seq for each in answer), default=0)

    async def until(self, answered: asyncio.Future[object], trace_id: str = "") -> AsyncIterator[Examined]:
        """Every exchange since `begin`, examined, in the order in which it ended; ends when the journals are quiet."""
        quiet, held = 0, list[Examined]()
        while quiet < QUIET_POLLS:
            # What ended before has been read from every journal after this round.
            settled_ns = time.monotonic_ns() - LAG_NS
            new = [each async for each in self._new(trace_id)]
            held = sorted([*held, *new], key=lambda examined: examined.exchange.ended_ns)
            while held and held[0].exchange.ended_ns < settled_ns:
                yield held.pop(0)
            quiet = quiet + 1 if answered.done() and not new else 0
            await asyncio.sleep(self.pace_s)
        for each in held:
            yield each

    async def _new(self, trace_id: str) -> AsyncIterator[Examined]:
        hops = self._graph_hops()
        for name, hop in hops.items():
            answer = [] if name in self.blind else await self._journal(hop, self._seen[name])
            for exchange in [] if isinstance(answer, str) else answer:
                self._seen[name] = max(self._seen[name], exchange.seq)
                if exchange.path in FRAMEWORK_PATHS:  # Somebody asks a node for its health; no question does.
                    continue
                if exchange.node != name and exchange.node in hops:  # Wires of one process keep one journal.
                    continue
                if not trace_id or exchange.trace_id in ("", trace_id):
                    yield examine(replace(exchange, node=name), hop.node, self.comps)

    def _graph_hops(self) -> dict[str, Hop]:
        support = {node.name for node in self.stack.scenario.megaservice.support}
        return {name: hop for name, hop in self.stack.hops.items() if name not in support}

    async def _journal(self, hop: Hop, since: int) -> list[Exchange] | str:
        """What the hop's journal holds that is newer, or why it cannot be read."""
        url = f"{hop.journal}?since={since}"
        query = f"&node={hop.node.name}" if self.stack.ours else ""
        try:
            reply = await self.stack.client.request("GET", url + query, limits=LIMITS)
        except ClientError as error:
            return f"{hop.url} cannot be asked: {error.kind}"
        if reply.status != 200 or "json" not in reply.headers.get("content-type", ""):
            return f"{hop.url} keeps no journal: it is no wire and no mock of the harness"
        document = orjson.loads(reply.body)
        return [from_json(Exchange, each) for each in document["exchanges"]]
