"""The real opea-comps, pointed at by a scenario: what it does well, and what it is silent about."""

import os

import pytest

from harness.cache import cache_dir
from harness.checks.evidence import Evidence
from harness.client import ClientError, Limits
from harness.discovery import SCENARIO, discover
from harness.gateway.environment import environment
from harness.history import Exchange, read_lines
from harness.stack.stack import Where
from tests.gateway.standing import asked, on

pytestmark = pytest.mark.needs("opea")
QUESTION = "When does the first tram leave?"


def stand(folder, work):
    where = Where("opea", opea=environment(cache_dir(os.environ)))
    return on(discover(SCENARIO)["rag"], where, folder, work)


def test_it_answers_a_scenario_as_ours_does(tmp_path):
    """Whole and streamed, and its hops are told by time, for it hands no context on."""

    async def work(stack):
        return [await asked(stack, QUESTION, mode) for mode in ("json", "stream")]

    plain, streamed = ops = stand(tmp_path, work)
    exchanges = list(read_lines(Exchange, tmp_path / "journal.jsonl"))
    evidence = Evidence.of(discover(SCENARIO)["rag"], ops, exchanges)

    assert "twelve minutes to five" in plain.text
    assert (streamed.text, streamed.ok) == (plain.text, True)
    assert [each.node for each in evidence.meanwhile(plain)] == [
        "guardrail_in",
        "embedding",
        "retriever",
        "rerank",
        "llm",
    ]


def test_a_request_that_is_no_question_is_refused(tmp_path):
    """By what the harness adds, not by what OPEA's orchestrator is: both gateways take the same requests."""

    async def work(stack):
        return await stack.client.request("POST", stack.endpoint, body=b"{}")

    assert stand(tmp_path, work).status == 422


def test_defects_are_there_to_be_seen(tmp_path):
    """A node's error is a bare 500; a model's error, streamed, is a success without an answer."""

    async def work(stack):
        seen = {}
        for node, mode in (("retriever", "json"), ("llm", "stream")):
            await stack.set_fault(node, "status-500")
            seen[node] = await asked(stack, QUESTION, mode)
            await stack.lift(node)
        return seen

    seen = stand(tmp_path, work)

    assert (seen["retriever"].status, seen["retriever"].problem) == (500, None)
    assert (seen["llm"].status, seen["llm"].text, seen["llm"].ok) == (200, "", False)


def test_one_that_is_frozen_is_begun_anew(tmp_path):
    """A model that never answers stops all of it, its health too, until the process is another."""

    async def work(stack):
        await stack.set_fault("llm", "black-hole")
        client, health = stack.client, stack.gateway + "/health"
        limits = Limits(total_s=2.0)
        with pytest.raises(ClientError):
            await client.request("POST", stack.endpoint, body=b'{"messages": "When?"}', limits=limits)
        with pytest.raises(ClientError):
            await client.request("GET", health, limits=limits)
        await stack.lift("llm")
        await stack.renew()
        return await client.request("GET", health), await asked(stack, QUESTION)

    health, op = stand(tmp_path, work)

    assert health.status == 200
    assert op.ok
