"""One request through the graph: which node runs when, with what, and what it makes of the others.

A node runs when all nodes before it have run and none of them vetoed it; that is the same whatever the timing.
The first failure ends the request: nodes under way are cancelled, no other is called.
"""

import asyncio
import copy
from collections.abc import AsyncGenerator
from functools import partial
from typing import Any

from harness.opea.answer_stream import AnswerStream, Close
from harness.opea.call import call, open_stream
from harness.opea.dag import DAG
from harness.opea.hop import Hop
from harness.opea.joins import CollisionError
from harness.opea.order import Order
from harness.opea.parameters import with_parameters
from harness.opea.payload import plain
from harness.opea.problems import Problem
from harness.opea.stream_frames import hooked, passed_on, refusal, spoken
from harness.opea.veto import entries, vetoed
from harness.sse import DIALECTS, Reply


class Run:
    """One request through one graph, which it may change; `results` hold each node's output by key."""

    def __init__(self, order: Order, graph: DAG, first: Any, *, is_streaming: bool) -> None:
        self._order = order
        self._first = first
        self._is_streaming = is_streaming
        self._group: asyncio.TaskGroup | None = None
        self._started: set[str] = set()
        self._vetoed: set[str] = set()
        self.graph = graph
        self.results: dict[str, Any] = {}

    async def go(self) -> None:
        """Run all that can run; raises the first `Problem`. What did not run is no longer in the graph."""
        entry = self.graph.ind_nodes()
        try:
            async with asyncio.TaskGroup() as self._group:
                await self._follow(entry)
        except BaseExceptionGroup as failed:
            await self._drop_streams()
            raise _first(failed) from None
        except BaseException:
            await self._drop_streams()
            raise
        for key in set(self.graph.graph) - self._started:
            self.graph.delete_node(key)

    async def _follow(self, ready: list[str]) -> None:
        """Run nodes and then what became ready by them; the first in this task, each other in its own."""
        assert self._group is not None
        while ready:
            key, *others = ready
            self._started.update(ready)
            for other in others:
                self._group.create_task(self._follow([other]))
            await self._visit(self._order.hops[key])
            ready = self._ready_after(key)

    def _ready_after(self, key: str) -> list[str]:
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
        order = self._order
        inputs = self._inputs(hop)
        if hop.takes_parameters:
            inputs = self._with_parameters(plain(inputs))
        inputs = plain(order.aligned_inputs(hop, inputs, self.graph))
        if self._is_streaming and hop.may_stream:
            await self._stream(hop, inputs)
            return
        data = await call(order.caller, hop, inputs)
        output = order.aligned_outputs(hop, data, inputs, self.graph)
        self.results[hop.key] = output
        await self._veto(hop, output)

    def _inputs(self, hop: Hop) -> Any:
        """What a node gets: its own copy of what came in, or of what the nodes before it gave."""
        before = self.graph.predecessors(hop.key)
        if not before:
            return _own(self._first, is_shared=len(self.graph.ind_nodes()) > 1)
        outputs = {key: _own(self.results[key], is_shared=len(self.graph.graph[key]) > 1) for key in before}
        try:
            if hop.policy.merge is not None:
                return hop.policy.merge(outputs)
            return self._order.hooks.process_outputs(before, outputs)
        except CollisionError as collision:
            expected = "outputs that agree, or a declared merge"
            raise self._order.problem(hop, "merge_conflict", str(collision), expected=expected) from None

    def _with_parameters(self, inputs: Any) -> Any:
        if not isinstance(inputs, dict):
            return inputs
        return {**with_parameters(inputs, self._order.parameters), "stream": self._is_streaming}

    async def _veto(self, hop: Hop, output: Any) -> None:
        """Cut the edges that the output vetoes; where none is left, a stream says the refusal."""
        listed = entries(output)
        if not listed or hop.key not in self.graph.graph:
            return
        hit = vetoed(listed, self.graph.downstream(hop.key), self.graph.graph)
        for key in hit:
            self.graph.delete_edge(hop.key, key)
        self._vetoed |= hit
        if self._is_streaming and not self.graph.downstream(hop.key):
            text = output.get("text")
            if not isinstance(text, str) or not text:
                words = "vetoed all that comes after it without a text to say instead"
                raise self._order.problem(hop, "bad_schema", words, expected="a text beside the black list")
            self.results[hop.key] = await self._answer(hop, refusal(text, self._order.own_dialect))

    async def _stream(self, hop: Hop, inputs: Any) -> None:
        """Begin a node's stream; behind it, its sentences go through what is left of the graph."""
        order, behind = self._order, self._behind(hop)
        stream = await open_stream(order.caller, hop, inputs)
        began_s = order.ticket.began_s
        if behind is None:
            key, items = hop.key, passed_on(stream, began_s, order.dialect)
        else:
            key, say = behind.all_leaves()[0], partial(self._say, behind)
            items = spoken(stream, began_s, say, DIALECTS[order.own_dialect].encoder(Reply()))
            self._started.update(behind.graph)
        self.results[key] = await self._answer(hop, items, stream.close)

    async def _answer(
        self, hop: Hop, items: AsyncGenerator[bytes, None], close: Close | None = None
    ) -> AnswerStream:
        order = self._order
        failed = partial(order.hook_failed, hop, "align_generator")
        made = hooked(order.hooks.align_generator, items, failed)
        return await AnswerStream(made, order.ticket, close).begin()

    def _behind(self, hop: Hop) -> DAG | None:
        """The graph behind a streaming node, which each of its sentences goes through; None if it is the last."""
        keys = set(self.graph.all_downstreams(hop.key))
        if not keys:
            return None
        behind = DAG()
        for key, after in self.graph.graph.items():
            if key in keys:
                behind.graph[key] = set(after)
        joined = [key for key in keys if not keys.issuperset(set(self.graph.predecessors(key)) - {hop.key})]
        if joined or len(behind.all_leaves()) > 1:
            words = (
                f"its stream ends in {behind.all_leaves()}" if not joined else f"{joined} join it with others"
            )
            expected = "one way behind a node that streams"
            raise self._order.problem(hop, "merge_conflict", words, expected=expected)
        return behind

    async def _say(self, behind: DAG, sentence: str) -> Any:
        """What the nodes behind a stream make of one sentence."""
        run = Run(self._order, behind.copied(), {"text": sentence}, is_streaming=False)
        await run.go()
        return run.results[run.graph.all_leaves()[-1]]

    async def _drop_streams(self) -> None:
        for result in self.results.values():
            if isinstance(result, AnswerStream):
                await result.close()


def _own(value: Any, *, is_shared: bool) -> Any:
    """A value that a hook may change without another node seeing it."""
    if is_shared:
        return copy.deepcopy(value)
    return dict(value) if isinstance(value, dict) else value


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
