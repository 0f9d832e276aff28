"""A compose file is a stack: its megaservice answers, its nodes are seen through their wires."""

from dataclasses import replace

import orjson
import pytest

from harness.errors import StackError
from harness.stack.ingest import ingest

pytestmark = pytest.mark.needs("docker")
JSON = (("content-type", "application/json"),)


async def asked(stack, text):
    """The whole answer, and which nodes were called for it."""
    reply = await stack.client.request(
        "POST", stack.endpoint, headers=JSON, body=orjson.dumps({"messages": text, "stream": False})
    )
    return reply.status, orjson.loads(reply.body)["choices"][0]["message"]["content"]


def test_all_services_but_the_megaservice_are_mocks_and_every_hop_is_seen(chatqna, stacked):
    """Documents go in through the file's dataprep, an answer comes of them, faults are put on hops, and the gateway begins anew."""

    async def do(stack):
        await ingest(stack)
        status, text = await asked(stack, "How much is a ticket for a large dog?")
        calls = [
            len(
                orjson.loads((await stack.client.request("GET", f"{stack.hops[name].journal}?since=0")).body)[
                    "exchanges"
                ]
            )
            for name in ("embedding", "retriever", "rerank", "llm")
        ]
        await stack.set_fault("llm", "status-500")
        broken = (
            await stack.client.request("POST", stack.endpoint, headers=JSON, body=b'{"messages": "x"}')
        ).status
        await stack.lift("llm")
        await stack.renew()
        return status, text, min(calls), broken, (await asked(stack, "x"))[0], stack.dead(), stack.image

    status, text, calls, broken, again, dead, image = stacked(chatqna, do)

    assert (status, again, dead, image) == (200, 200, "", "opea/chatqna:latest")
    assert "reduced ticket" in text
    assert calls >= 1
    assert broken == 500


def test_a_megaservice_that_calls_none_of_its_nodes_is_no_stack(chatqna, stacked):
    """It was told of other addresses than those of the file."""
    part = chatqna.parts["chatqna-backend-server"]
    told = {**part.environment, "RETRIEVER_SERVICE_HOST_IP": "nowhere", "EMBEDDING_SERVER_HOST_IP": "nowhere"}
    deaf = replace(part, service=replace(part.service, environment=told), environment=told)
    project = replace(chatqna, parts={**chatqna.parts, part.name: deaf})

    async def do(stack):
        return None

    with pytest.raises(
        StackError, match=r"(?s)chatqna-backend-server: answered 500 .* and called none of its nodes"
    ):
        stacked(project, do)
