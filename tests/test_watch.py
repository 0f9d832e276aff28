"""One question watched on its way."""

import asyncio
from dataclasses import replace

from harness.asking import Asker
from harness.discovery import COMP, discover
from harness.history import Op
from harness.stack.stack import Hop, Stack
from harness.watch import Watch

COMPS = discover(COMP)
QUESTION = "When does the first tram leave?"
CHAIN = ["guardrail_in", "embedding", "retriever", "rerank", "llm"]


async def watched(stack, *, trace=True):
    """The examined exchanges of one question, and the watch."""
    watch = Watch(stack, COMPS)
    await watch.begin()
    op = Op("ask-1", "ask", "", "stream")
    answered = asyncio.ensure_future(Asker(stack.client, stack.endpoint, stack.scenario).ask(op, QUESTION))
    await asyncio.sleep(0)
    seen = [each async for each in watch.until(answered, op.trace_id if trace else "")]
    await answered
    return seen, watch


def test_every_hop_of_a_question_is_seen_and_right(standing):
    """In the order of the chain, each held against its contract."""
    seen, watch = standing.run(watched(standing.stack))

    assert [each.exchange.node for each in seen] == CHAIN
    assert [each.wrong for each in seen] == [None] * len(CHAIN)
    assert watch.blind == {}


def test_a_faulted_hop_is_wrong_and_nothing_behind_it_is_seen(standing):
    """What was expected and what came stand in the finding."""

    async def scenario():
        await standing.stack.set_fault("retriever", "status-500")
        try:
            return await watched(standing.stack)
        finally:
            await standing.stack.lift("retriever")

    seen, _ = standing.run(scenario())

    assert [each.exchange.node for each in seen] == CHAIN[:3]
    assert seen[-1].wrong.expected == "status 200"
    assert seen[-1].wrong.actual.startswith("500: ")


def test_whoever_asks_for_health_meanwhile_is_no_hop(standing):
    """A megaservice's `/v1/health_check` asks every node; the question's own hops are seen, and no others."""

    async def scenario():
        async def health():
            return await standing.stack.client.request("GET", standing.stack.gateway + "/v1/health_check")

        asked, (seen, _) = await asyncio.gather(health(), watched(standing.stack, trace=False))
        return asked, seen

    asked, seen = standing.run(scenario())

    assert b'"node":"llm"' in asked.body
    assert [each.exchange.node for each in seen] == CHAIN


def test_wires_of_somebody_elses_stack_are_told_apart(standing):
    """They are in one process, and keep one journal for all."""
    ours = standing.stack
    stack = Stack(ours.scenario, ours.gateway, ours.hops, ours.client, ours=False)

    seen, _ = standing.run(watched(stack, trace=False))

    assert [(each.exchange.node, each.wrong) for each in seen] == [(name, None) for name in CHAIN]


def test_a_node_without_a_journal_is_said_to_keep_none(standing):
    """A trace store is no wire and no mock; an address where nobody answers is another thing."""
    node = standing.stack.hops["llm"].node
    hops = {
        "llm": Hop(node, "url", standing.stack.query, standing.stack.query),
        "rerank": Hop(replace(node, name="rerank"), "url", "http://127.0.0.1:1", "http://127.0.0.1:1"),
    }
    stack = Stack(standing.stack.scenario, standing.stack.gateway, hops, standing.stack.client, ours=False)

    seen, watch = standing.run(watched(stack, trace=False))

    assert seen == []
    assert "keeps no journal: it is no wire and no mock of the harness" in watch.blind["llm"]
    assert watch.blind["rerank"] == "http://127.0.0.1:1 cannot be asked: refused"
