"""A connection to an MCP server."""

import asyncio
import time

import pytest

from harness.opea import MicroService
from harness.opea.mcp.client import OpeaMCPClient
from tests.opea.lab import Lab, Silence
from tests.opea.mcp.servers import COMMAND, at_an_address
from tests.opea.serving import serving


def test_an_address_is_connected_used_and_left():
    """Its tools are known as long as it is connected."""

    async def main(url):
        client = OpeaMCPClient()
        await client.connect_via_sse(url)
        known = [tool.to_param() for tool in client.tools]
        given = await client.invoke_tool("add", {"a": 1, "b": 2})
        await client.disconnect()
        return known, given.content[0].text, client

    with at_an_address() as url:
        known, text, client = asyncio.run(main(url))

    assert [(each["function"]["name"], each["function"]["description"]) for each in known] == [
        ("add", "adds")
    ]
    assert text == "3"
    assert (client.session, client.tools, client.tool_registry) == (None, [], {})


def test_a_command_is_started_with_its_variables_and_ended():
    """What it is told in its environment, it has."""

    async def main():
        client = OpeaMCPClient()
        await client.connect_via_stdio(*COMMAND, {"CITY": "Saltmarsh"})
        given = [await client.invoke_tool("times", {"a": 2, "b": 3}), await client.invoke_tool("city", {})]
        await client.disconnect()
        return [each.content[0].text for each in given]

    assert asyncio.run(main()) == ["6", "Saltmarsh"]


def test_it_may_be_left_from_another_task():
    """The SDK's own connections may not."""

    async def main(url):
        client = OpeaMCPClient()
        await asyncio.create_task(client.connect_via_sse(url))
        await asyncio.create_task(client.disconnect())
        return client.session, [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]

    with at_an_address() as url:
        assert asyncio.run(main(url)) == (None, [])


def test_a_second_connection_takes_the_place_of_the_first():
    """Its tools too."""

    async def main(one, other):
        client = OpeaMCPClient()
        await client.connect_via_sse(one)
        await client.connect_via_sse(other)
        try:
            return list(client.tool_registry)
        finally:
            await client.disconnect()

    def less(a: int, b: int) -> int:
        return a - b

    with at_an_address() as one, at_an_address(less) as other:
        assert asyncio.run(main(one, other)) == ["add", "less"]


def test_a_key_goes_with_every_request():
    """As a bearer's."""

    async def main():
        async with Lab() as lab:
            node = await lab.node("mcp", {"no": "stream"})
            client = OpeaMCPClient()
            with pytest.raises(ConnectionError):
                await client.connect_via_sse(node.endpoint_path(), "a-key")
            return lab.headers("mcp")["authorization"]

    assert asyncio.run(main()) == "Bearer a-key"


def test_an_address_that_is_no_mcp_server_is_told():
    """With the address and what was wrong."""

    async def main(address):
        await OpeaMCPClient().connect_via_sse(f"{address}/sse")

    with (
        serving(MicroService("plain", host="127.0.0.1", port=0)) as address,
        pytest.raises(
            ConnectionError, match=rf"^MCP server {address}/sse: cannot be spoken with: HTTPStatusError"
        ),
    ):
        asyncio.run(main(address))


def test_a_command_that_is_no_mcp_server_is_told():
    """Also one that there is not."""
    with pytest.raises(
        ConnectionError, match=r"^MCP server /no/such/command: cannot be spoken with: FileNotFound"
    ):
        asyncio.run(OpeaMCPClient().connect_via_stdio("/no/such/command", []))


def test_a_silent_server_is_waited_for_as_long_as_said():
    """Then it is a TimeoutError, and nothing is left of it."""

    async def main():
        async with Lab() as lab:
            node = await lab.node("mcp", Silence())
            client = OpeaMCPClient()
            began_s = time.monotonic()
            with pytest.raises(TimeoutError):
                await client.connect_via_sse(node.endpoint_path(), timeout=0.3)
            return time.monotonic() - began_s, client.session

    took_s, session = asyncio.run(main())

    assert (session, 0.2 < took_s < 15) == (None, True)


def test_nothing_to_connect_to_is_refused():
    """An empty address, and an empty command."""
    with pytest.raises(ValueError, match=r"^server_url: is empty; it is a URL such as"):
        asyncio.run(OpeaMCPClient().connect_via_sse(""))
    with pytest.raises(ValueError, match=r"^command: is empty; it is what starts an MCP server$"):
        asyncio.run(OpeaMCPClient().connect_via_stdio("", []))


def test_a_tool_that_is_not_there_is_refused():
    """And one whose server has been left."""
    client = OpeaMCPClient()

    with pytest.raises(ValueError, match=r"^tool add is none of this server's, which are \[\]$"):
        asyncio.run(client.invoke_tool("add", {}))
    client.tool_registry["add"] = None
    with pytest.raises(RuntimeError, match=r"^tool add: its server is not connected$"):
        asyncio.run(client.invoke_tool("add", {}))
