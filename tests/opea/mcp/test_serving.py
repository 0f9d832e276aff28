"""A service's functions over MCP, as the SDK's own client sees them."""

import asyncio
import builtins

import httpx
import pytest
from mcp import ClientSession
from mcp.client.sse import sse_client

from harness.errors import UsageError
from harness.opea import MCPFuncType, MicroService, opea_microservices, register_microservice
from tests.opea.serving import serving

OPTIONS = {"host": "127.0.0.1", "port": 0, "enable_mcp": True}


@pytest.fixture(scope="module")
def address():
    """A service with two tools under one name, and a resource and a prompt."""

    @register_microservice("calculator@mcp", endpoint="/v1/add", description="adds numbers", **OPTIONS)
    async def add(a: int, b: int) -> int:
        return a + b

    @register_microservice(
        "calculator@mcp", endpoint="/v1/double", description="doubles one", enable_mcp=True
    )
    def double(a: int) -> int:
        return a * 2

    service = opea_microservices.pop("calculator@mcp")
    service.add_mcp(lines, MCPFuncType.RESOURCE)
    service.add_mcp(question, MCPFuncType.PROMPT, "asks for a tram")
    with serving(service) as address:
        yield address


def lines() -> str:
    return "Line 1"


def question(stop: str) -> str:
    return f"When does the tram leave {stop}?"


def talked(address, talk):
    """What a talk with the server gives."""

    async def main():
        async with (
            asyncio.timeout(20),
            sse_client(f"{address}/sse") as streams,
            ClientSession(*streams) as session,
        ):
            return await talk(session, await session.initialize())

    return asyncio.run(main())


def test_a_server_has_its_services_name_and_both_tools(address):
    """Each with what it does and what it takes; and what they give is right."""

    async def talk(session, initialized):
        tools = (await session.list_tools()).tools
        given = [
            await session.call_tool("add", {"a": 1, "b": 2}),
            await session.call_tool("double", {"a": 4}),
        ]
        return initialized.serverInfo.name, tools, [each.content[0].text for each in given]

    name, tools, given = talked(address, talk)

    assert name == "calculator@mcp"
    assert [(tool.name, tool.description) for tool in tools] == [
        ("add", "adds numbers"),
        ("double", "doubles one"),
    ]
    assert set(tools[0].inputSchema["properties"]) == {"a", "b"}
    assert given == ["3", "8"]


def test_resources_and_prompts_are_offered_too(address):
    """Upstream has the words for them."""

    async def talk(session, _):
        read = await session.read_resource("resource://lines")
        prompt = await session.get_prompt("question", {"stop": "Harbour Gate"})
        return read.contents[0].text, prompt.messages[0].content.text

    assert talked(address, talk) == ("Line 1", "When does the tram leave Harbour Gate?")


def test_a_tool_that_fails_says_so(address):
    """As an error of the call; the server goes on."""

    async def talk(session, _):
        return await session.call_tool("add", {"a": "one", "b": 2}), await session.call_tool(
            "double", {"a": 1}
        )

    failed, after = talked(address, talk)

    assert (failed.isError, after.isError) == (True, False)
    assert "valid integer" in failed.content[0].text


def test_the_service_keeps_its_other_routes(address):
    """Liveness, and the functions as plain routes."""
    assert httpx.get(f"{address}/health").status_code == 200
    assert httpx.post(f"{address}/v1/add", params={"a": 1, "b": 2}).json() == 3


def test_a_service_that_speaks_no_mcp_is_given_no_tool():
    """The first registration decides."""
    service = MicroService("plain", host="127.0.0.1", port=0)
    service.stop()

    with pytest.raises(
        UsageError, match=r"^service plain/MicroService does not speak MCP; the first registration"
    ):
        service.add_mcp(lines)


def test_mcp_without_a_function_is_refused():
    """There would be nothing to call."""
    with pytest.raises(UsageError, match=r"^service empty: enable_mcp needs a func"):
        MicroService("empty", **OPTIONS)


def test_without_the_sdk_it_is_said_what_brings_it(monkeypatch):
    """It is an extra."""
    real = builtins.__import__

    def without(name, *rest):
        if name.startswith("mcp"):
            raise ModuleNotFoundError(f"No module named {name!r}", name="mcp")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(
        UsageError, match=r"needs the package mcp; pip install 'opea-harness\[mcp\]' brings it$"
    ):
        MicroService("tool", func=lines, **OPTIONS)


def test_a_remote_service_is_only_called():
    """Whatever it is told about MCP."""
    assert MicroService("far", use_remote_service=True, enable_mcp=True).mcp is None
