"""A whole stack on loopback."""

import asyncio
import socket

import psutil
import pytest

from harness.client import ClientError
from harness.discovery import SCENARIO, discover
from harness.errors import FaultError, StackError, UsageError
from harness.stack.stack import Keeping, Where, raised, stand
from tests.states import until

RAG = discover(SCENARIO)["rag"]


def refused_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def enter(where, folder):
    async def scenario():
        async with raised(RAG, where, Keeping(folder)) as stack:
            return stack

    return asyncio.run(scenario())


def test_a_stack_is_a_gateway_a_wire_for_each_node_and_a_trace_store(standing):
    """Each has an address of its own."""
    urls = standing.stack.urls

    assert set(urls) == {
        "gateway",
        "guardrail_in",
        "embedding",
        "retriever",
        "rerank",
        "llm",
        "dataprep",
        "traces",
    }
    assert len(set(urls.values())) == len(urls)


def test_the_graph_says_where_each_node_is(standing):
    """In order, with what it comes after."""
    graph = standing.stack.graph

    assert [node.name for node in graph] == ["guardrail_in", "embedding", "retriever", "rerank", "llm"]
    assert {node.where for node in graph} == {"mock"}
    assert graph[1].after == ["guardrail_in"]


def test_a_fault_is_set_counted_and_taken_back(standing):
    """Its counter says how often it fired; afterwards none reads back."""

    async def scenario():
        await standing.stack.set_fault("rerank", "noop")
        return await standing.stack.lift("rerank")

    assert standing.run(scenario()) == {"noop": 0}


def test_a_downed_wire_can_be_lifted_again(standing):
    """The admin port is another than the one that is down."""

    async def scenario():
        await standing.stack.set_fault("rerank", "refused")
        return await standing.stack.lift("rerank")

    assert standing.run(scenario())["refused"] >= 1


def test_a_fault_that_nobody_knows_is_refused(standing):
    """The wire's own words stand in the error."""
    with pytest.raises(FaultError, match=r"rerank: its wire refused POST .*nope: no fault that rerank knows"):
        standing.run(standing.stack.set_fault("rerank", "nope"))


def test_everything_is_gone_when_the_stack_ends(tmp_path):
    """No process is left."""

    async def scenario():
        async with raised(RAG, Where(jaeger="none"), Keeping(tmp_path)) as stack:
            return [child.pid for child in stack.children.values()]

    pids = asyncio.run(scenario())

    assert len(pids) == 3
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_a_process_that_ends_on_its_own_is_noticed(tmp_path):
    """A stack that stands says which one died."""

    async def scenario():
        async with raised(RAG, Where(jaeger="none"), Keeping(tmp_path)) as stack:
            psutil.Process(stack.children["mocks"].pid).kill()
            await until(stack.dead, 10)
            await stand(stack, asyncio.Event())

    with pytest.raises(StackError, match=r"mocks ended with code -9; its log tells why"):
        asyncio.run(scenario())


def test_a_port_that_is_taken_is_said(tmp_path):
    """The sentence names the port and the way out, and nothing is left running."""
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(
            StackError, match="cannot be served: Address already in use; --port 0 takes a free one"
        ),
    ):
        enter(Where(port=taken.getsockname()[1], jaeger="none"), tmp_path)


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ({"nope": "mock"}, r"--node nope: rag has no such node; nodes are \['guardrail_in', "),
        ({"llm": "ftp://x"}, "--node llm=ftp://x: a node is `mock`, a URL such as"),
    ],
)
def test_a_wrong_node_is_a_usage_error(tmp_path, nodes, message):
    """Before anything is started."""
    with pytest.raises(UsageError, match=message):
        enter(Where(nodes=nodes), tmp_path)


def test_a_gateway_that_refuses_is_said(tmp_path):
    """Its address and the kind of refusal."""
    with pytest.raises(
        StackError, match=r"--gateway http://127\.0\.0\.1:\d+/v1/chatqna: cannot be asked \(refused\)"
    ):
        enter(Where(gateway=f"http://127.0.0.1:{refused_port()}"), tmp_path)


def test_a_foreign_gateway_has_no_hops_but_those_that_are_named(standing, tmp_path):
    """Nothing is started for it."""
    stack = enter(
        Where(gateway=standing.stack.gateway, nodes={"llm": standing.stack.hops["llm"].url}), tmp_path
    )

    assert (stack.ours, list(stack.hops), stack.children) == (False, ["llm"], {})
    assert [node.where for node in stack.graph][:1] == ["not known"]


def test_no_fault_can_be_put_where_no_wire_stands(standing, tmp_path):
    """The reason is said."""
    stack = enter(
        Where(gateway=standing.stack.gateway, nodes={"llm": standing.stack.hops["llm"].url}), tmp_path
    )

    with pytest.raises(FaultError, match="llm: no wire stands before it"):
        asyncio.run(stack.set_fault("llm", "noop"))


def test_a_gateway_is_begun_anew_at_the_same_address(tmp_path):
    """Another process answers where the first one did."""

    async def scenario():
        async with raised(RAG, Where(jaeger="none"), Keeping(tmp_path)) as stack:
            before = stack.children["gateway"].pid
            await stack.renew()
            reply = await stack.client.request("GET", stack.gateway + "/health")
            return before, stack.children["gateway"].pid, reply.status, stack.dead()

    before, after, status, dead = asyncio.run(scenario())

    assert before != after
    assert (status, dead) == (200, "")


def test_a_node_that_moved_is_asked_where_it_is(tmp_path):
    """Its wire goes there, the address that the gateway knows stays, and nonsense is refused."""

    async def scenario():
        async with raised(RAG, Where(jaeger="none"), Keeping(tmp_path)) as stack:
            wire, old = stack.hops["rerank"].url, stack.hops["rerank"].upstream
            await stack.move("rerank", f"http://127.0.0.1:{refused_port()}")
            lost = await _refused(stack, wire)
            await stack.move("rerank", old)
            found = await stack.client.request("GET", f"{wire}/v1/health_check")
            with pytest.raises(FaultError, match=r"rerank: its wire refused PUT .*nowhere"):
                await stack.move("rerank", "nowhere")
            return lost, found.status, stack.hops["rerank"].url == wire, stack.hops["rerank"].upstream == old

    assert asyncio.run(scenario()) == ("reset", 200, True, True)


async def _refused(stack, url):
    try:
        await stack.client.request("GET", f"{url}/v1/health_check")
    except ClientError as error:
        return error.kind
    return "answered"
