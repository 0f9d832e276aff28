"""One request through the graph: which node runs when, and what its output makes of the others.

A node runs when all nodes before it have run and none of them vetoed it; that is the same whatever the timing.
The first failure ends the request: nodes under way are cancelled, no other is called.
"""

import asyncio
from functools import partial
from typing import Any

from harness.opea.answer_stream import AnswerStream
from harness.opea.answering import answer_of, graph_behind, refusal_of
from harness.opea.call import call
from harness.opea.dag import DAG
from harness.opea.gathering import gathered
from harness.opea.hop import Hop
from harness.opea.order import Order
from harness.opea.payload import plain
from harness.opea.problems import Problem
from harness.opea.veto import entries, vetoed


async def execute(order: Order, graph: DAG) -> tuple[dict[str, Any], DAG]:
    """Each node's output by key, and the graph as it was run; raises the first `Problem`.

    The request is counted as over, unless it is answered by a stream: that counts when the stream ends.
    """
    run = Run(order, graph)
    try:
        await run.go()
    except BaseException:
        order.ticket.done(answered=False)
        raise
    if not order.is_streaming or not any(isinstance(each, AnswerStream) for each in run.results.values()):
        order.ticket.done(answered=True)
    return run.results, run.graph


class Run:
    """One request through one graph, which it may change; `results` hold each node's output by key, in the graph's order."""

    def __init__(self, order: Order, graph: DAG) -> None:
        self._order = order
        self._group: asyncio.TaskGroup | None = None
        self._entries = graph.ind_nodes()
        self._started: set[str] = set()
        self._vetoed: set[str] = set()
        self._vetoing: set[str] = set()
        self.graph = graph
        self.results: dict[str, Any] = {}

    async def go(self) -> None:
        """Run all that can run; what did not is no longer in the graph."""
        failure: BaseException | None = None
        try:
            async with asyncio.TaskGroup() as self._group:
                await self._follow(self._entries)
        except BaseExceptionGroup as failed:
            failure = _first(failed.with_traceback(None))
            await self._drop_streams()
        except BaseException:
            await self._drop_streams()
            raise
        if failure is not None:
            try:
                raise failure  # Here, where it does not come to know of its group, which knows of it.
            finally:
                del failure
        for key in set(self.graph.graph) - self._started:
            self.graph.delete_node(key)
        self.results = {
            key: self.results[key] for key in (*self.graph.graph, *self.results) if key in self.results
        }

    async def _follow(self, ready: list[str]) -> None:
        """Run nodes and then what became ready by them; the first in this task, each other in its own."""
        assert self._group is not None
        while ready:
            key, *others = ready
            self._started.update(ready)
            for other in others:
                self._group.create_task(self._visit_and_follow(other))
            await self._visit(self._order.hops[key])
            ready = self._ready_after(key)

    async def _visit_and_follow(self, key: str) -> None:
        await self._visit(self._order.hops[key])
        await self._follow(self._ready_after(key))

    def _ready_after(self, key: str) -> list[str]:
        """The nodes right after this one that need wait for no other."""
        if key not in self.graph.graph:
            return []
        return [
            each
            for each in self.graph.downstream(key)
            if each not in self._started
            and each not in self._vetoed
            and all(before in self.results for before in self.graph.predecessors(each))
        ]

    async def _visit(self, hop: Hop) -> None:
        """Run one node."""
        order = self._order
        inputs = gathered(order, hop, self.graph, self.results, is_alone=len(self._entries) == 1)
        if order.is_streaming and hop.may_stream:
            await self._stream(hop, plain(inputs))
            return
        data = await call(order.caller, hop, plain(inputs))
        output = self.results[hop.key] = order.aligned_outputs(hop, data, inputs, self.graph)
        listed = entries(output)
        if listed and hop.key in self.graph.graph:
            self._veto(hop, listed)
            if order.is_streaming and not self.graph.downstream(hop.key):
                self.results[hop.key] = await refusal_of(order, hop, output)

    def _veto(self, hop: Hop, listed: list[Any]) -> None:
        """Cut the edges to the nodes that an output vetoes."""
        hit = vetoed(listed, self.graph.downstream(hop.key), self.graph.graph)
        for key in hit:
            self.graph.delete_edge(hop.key, key)
        self._vetoed |= hit
        if hit:
            self._vetoing.add(hop.key)

    async def _stream(self, hop: Hop, inputs: Any) -> None:
        """Begin a node's stream; what is left of the graph behind it is run for each of its sentences."""
        behind = graph_behind(self._order, hop, self.graph, self._vetoed)
        if behind is None:
            self.results[hop.key] = await answer_of(self._order, hop, inputs, None)
            return
        self._started.update(behind.graph)
        say = partial(self._say, behind)
        self.results[behind.all_leaves()[0]] = await answer_of(self._order, hop, inputs, say)

    async def _say(self, behind: DAG, sentence: str) -> Any:
        """What the nodes behind a stream make of one sentence; a veto among them leaves what the vetoing node said."""
        run = Run(self._order.of_sentence(sentence), behind.copied())
        await run.go()
        vetoing = [key for key in behind.graph if key in run._vetoing]
        return run.results[vetoing[0] if vetoing else run.graph.all_leaves()[-1]]

    async def _drop_streams(self) -> None:
        for result in self.results.values():
            if isinstance(result, AnswerStream):
                await result.close()


def _first(failed: BaseExceptionGroup[BaseException]) -> BaseException:
    """The failure to tell: a problem if there is one, the first of them."""
    flat: list[BaseException] = []
    left: list[BaseException] = [failed]
    while left:
        each = left.pop(0)
        if isinstance(each, BaseExceptionGroup):
            left = [*each.exceptions, *left]
        else:
            flat.append(each)
    return next((each for each in flat if isinstance(each, Problem)), flat[0])
