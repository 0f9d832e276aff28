"""A gateway of the user's own whose nodes are ours: it is told where they are, waited for, and refused where it does not call them."""

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from harness.discovery import SCENARIO, discover
from harness.errors import StackError, UsageError
from harness.gateway.reference import service
from harness.ports import free_ports
from harness.stack.stack import Keeping, Where, raised
from tests.gateway.standing import asked
from tests.raw_server import serve

RAG = discover(SCENARIO)["rag-no-guardrail"]
QUESTION = "When does the first tram leave?"
ANSWER = b'{"choices": [{"message": {"content": "At five."}}]}'


def reply(status, body=b""):
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def variables(file):
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


@asynccontextmanager
async def started_by_its_user(file: Path, port: int):
    """A megaservice that begins when the file is there, and knows of its nodes what the file says."""

    async def begin():
        while not await asyncio.to_thread(file.is_file):  # noqa: ASYNC110 - the state is another's
            await asyncio.sleep(0.02)
        told = variables(file)
        urls = {
            name: f"http://{told[f'{name.upper()}_SERVER_HOST_IP']}:{told[f'{name.upper()}_SERVER_PORT']}"
            for name in ("embedding", "retriever", "rerank", "llm")
        }
        made.append(service(RAG.megaservice, urls, port=port))
        await made[0].serve()

    made = []
    beginning = asyncio.ensure_future(begin())
    try:
        yield
    finally:
        for each in made:
            each.stop()
        async with asyncio.timeout(10):
            await beginning


def refusal(url, folder, limit_s=5.0):
    """Why there is no stack with this gateway."""

    async def main():
        where = Where(gateway=url, write_env=folder / "nodes.env", boot_limit_s=limit_s)
        async with raised(RAG, where, Keeping(folder)):
            raise AssertionError("a stack stands")

    with pytest.raises(StackError) as caught:
        asyncio.run(main())
    return str(caught.value)


def test_a_gateway_of_the_users_calls_our_wires(tmp_path):
    """It is waited for; faults are put on its hops, and what crosses them is seen."""
    (port,) = free_ports(1)
    file = tmp_path / "nodes.env"
    where = Where(gateway=f"http://127.0.0.1:{port}", write_env=file)

    async def main():
        async with started_by_its_user(file, port), raised(RAG, where, Keeping(tmp_path)) as stack:
            right = await asked(stack, QUESTION)
            await stack.set_fault("rerank", "status-500")
            wrong = await asked(stack, QUESTION)
            fired = await stack.lift("rerank")
            return right, wrong, fired, stack.environment

    right, wrong, fired, environment = asyncio.run(main())

    assert (right.status, right.error) == (200, "")
    assert (wrong.status, wrong.problem["node"]) == (502, "rerank")
    assert fired == {"status-500": 1}
    assert environment == variables(file)
    assert environment["TELEMETRY_ENDPOINT"].endswith("/v1/traces")
    assert environment["OTEL_BSP_SCHEDULE_DELAY"] == "500"


def test_one_that_calls_none_of_the_nodes_is_refused(tmp_path):
    """It answers, and our wires have seen nothing: it reads other variables, and which were written is told."""

    async def main():
        async with serve(*[reply(200, ANSWER)] * 4) as server:
            return await asyncio.to_thread(refusal, server.url(""), tmp_path)

    said = asyncio.run(main())

    assert "answered 200 and called none of its nodes" in said
    assert "variables other than EMBEDDING_SERVER_HOST_IP, " in said
    assert said.endswith("--env 'NAME={host:NODE}' gives it others")


def test_variables_that_cannot_be_written_are_told(tmp_path):
    """A folder that is not there is the user's slip."""

    async def main():
        where = Where(gateway="http://127.0.0.1:1", write_env=tmp_path / "nowhere" / "nodes.env")
        async with raised(RAG, where, Keeping(tmp_path)):
            raise AssertionError("a stack stands")

    with pytest.raises(UsageError, match=r"--write-env .*nodes\.env: cannot be written: No such file"):
        asyncio.run(main())


def test_one_that_need_not_come_is_not_waited_for(tmp_path):
    """`serve` writes the variables and stands."""

    async def main():
        where = Where(gateway="http://127.0.0.1:1", write_env=tmp_path / "nodes.env", boot_limit_s=0.0)
        async with raised(RAG, where, Keeping(tmp_path)) as stack:
            return stack.urls["llm"]

    url = asyncio.run(main())

    assert url == "http://{LLM_SERVER_HOST_IP}:{LLM_SERVER_PORT}".format(**variables(tmp_path / "nodes.env"))
