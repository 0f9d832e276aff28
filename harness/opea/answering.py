"""Answers that stream: begun, with the first item there, so that a failure before it can be told by status."""

from collections.abc import AsyncGenerator, Callable, Container
from functools import partial
from typing import Any

from harness.opea.answer_stream import AnswerStream
from harness.opea.call import open_stream
from harness.opea.dag import DAG
from harness.opea.hop import Hop
from harness.opea.node_stream import NodeStream
from harness.opea.order import Order
from harness.opea.payload import EVENT_STREAM
from harness.opea.problems import Problem
from harness.opea.stream_frames import Say, hooked, passed_on, refusal, spoken
from harness.sse import DIALECTS, Reply


async def answer_of(order: Order, hop: Hop, inputs: Any, say: Say | None) -> AnswerStream:
    """The answer that a node streams; `say` is what the nodes behind it make of each sentence, if there are any."""
    stream = await open_stream(order.caller, hop, inputs)
    if say is not None and stream.body is not None:
        await stream.close()
        words = "answered whole, for its request says so, and the nodes behind it take a stream"
        raise order.problem(hop, "bad_content_type", words, expected=f"a stream ({EVENT_STREAM})")
    began_s = order.ticket.began_s
    if say is None:
        items = passed_on(stream, began_s, order.dialect)
    else:
        encoder = DIALECTS[order.own_dialect].encoder(Reply())
        items = spoken(stream, began_s, say, encoder, _failing(order, hop))
    return await _begun(order, hop, items, stream)


async def refusal_of(order: Order, hop: Hop, output: dict[str, Any]) -> AnswerStream:
    """The text of a node that vetoed all that comes after it, as a stream."""
    text = output.get("text")
    if not isinstance(text, str) or not text:
        words = "vetoed all that comes after it without a text to say instead"
        raise order.problem(hop, "bad_schema", words, expected="a text beside the black list")
    return await _begun(order, hop, refusal(text, order.own_dialect), None)


def graph_behind(order: Order, hop: Hop, graph: DAG, vetoed: Container[str]) -> DAG | None:
    """The graph that the sentences of a streaming node go through; None if nothing comes after it.

    A stream has one way: a graph that parts behind it, or joins it with others, is a problem; also where one of the others
    has vetoed the join already, for what comes of a request does not depend on who is first.
    """
    keys = set(graph.all_downstreams(hop.key))
    if not keys:
        return None
    behind = DAG()
    behind.graph.update((key, set(after)) for key, after in graph.graph.items() if key in keys)
    inside = keys | {hop.key}
    joined = [key for key in behind.graph if key in vetoed or not inside.issuperset(graph.predecessors(key))]
    leaves = behind.all_leaves()
    if joined or len(leaves) > 1:
        words = (
            f"its stream is joined with others at {joined}" if joined else f"its stream parts into {leaves}"
        )
        raise order.problem(hop, "merge_conflict", words, expected="one way behind a node that streams")
    return behind


async def _begun(
    order: Order, hop: Hop, items: AsyncGenerator[bytes, None], stream: NodeStream | None
) -> AnswerStream:
    hook = order.hooks.align_generator
    if hook is not None:
        failed = partial(order.hook_failed, hop, "align_generator")
        items = hooked(hook, items, failed, lambda: stream is not None and stream.may_be_silent)
    close = stream.close if stream else None
    return await AnswerStream(items, order.ticket, close, _failing(order, hop)).begin()


def _failing(order: Order, hop: Hop) -> Callable[[str], Problem]:
    return partial(order.problem, hop, "incomplete", expected="a stream that says something, to its end")
