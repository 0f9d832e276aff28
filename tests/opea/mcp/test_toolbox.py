"""The tools of several MCP servers."""

import asyncio
import json

import pytest

from harness.opea.mcp.config import OpeaMCPConfig, OpeaMCPSSEServerConfig, OpeaMCPStdioServerConfig
from harness.opea.mcp.toolbox import VOICE, OpeaMCPToolsManager
from tests.opea.mcp.servers import COMMAND, at_an_address

GONE = OpeaMCPSSEServerConfig(url="http://127.0.0.1:1/sse")


def config(*urls, **more):
    return OpeaMCPConfig(sse_servers=[OpeaMCPSSEServerConfig(url=url) for url in urls], **more)


def text_of(document):
    return json.loads(document)["content"][0]["text"]


def test_tools_of_all_servers_are_called_by_name():
    """At an address, and of a command; as a name, and as an attribute of its own."""
    command = OpeaMCPStdioServerConfig(name="stdio", command=COMMAND[0], args=COMMAND[1])

    async def main(url):
        async with await OpeaMCPToolsManager.create(config(url, stdio_servers=[command])) as tools:
            given = [
                await tools.execute_tool("add", {"a": 1, "b": 2}),
                await tools.add(a=2, b=2),
                await tools.times(a=2, b=4),
            ]
            names = [each["function"]["name"] for each in tools.tools_registry]
        return [text_of(each) for each in given], names, [client.session for client in tools.clients]

    with at_an_address() as url:
        given, names, sessions = asyncio.run(main(url))

    assert given == ["3", "4", "8"]
    assert names == ["add", "times", "city"]
    assert sessions == [None, None]


def test_a_server_that_is_gone_is_logged_and_left_out(monkeypatch):
    """The others' tools are there; which one is missing stands in the log."""

    async def main(url):
        async with await OpeaMCPToolsManager.create(config(GONE.url, url)) as tools:
            return len(tools.clients), text_of(await tools.add(a=1, b=1))

    said = []
    monkeypatch.setattr(VOICE.logger, "error", said.append)
    with at_an_address() as url:
        assert asyncio.run(main(url)) == (1, "2")
    assert [each.partition(": All")[0] for each in said] == [
        f"MCP server {GONE.url}: cannot be spoken with: ConnectError"
    ]


def test_a_tool_that_nobody_has_is_refused():
    """By its name, and as an attribute."""

    async def main(url):
        async with await OpeaMCPToolsManager.create(config(url)) as tools:
            with pytest.raises(ValueError, match=r"^tool less is on no MCP server; tools are \['add'\]$"):
                await tools.execute_tool("less", {})
            with pytest.raises(
                AttributeError, match=r"has no less, and no MCP server has a tool of this name$"
            ):
                _ = tools.less

    with at_an_address() as url:
        asyncio.run(main(url))


def test_without_servers_no_tool_can_be_called():
    """It says that none is connected."""
    tools = asyncio.run(OpeaMCPToolsManager.create(OpeaMCPConfig()))

    assert (tools.clients, tools.tools_registry) == ([], [])
    with pytest.raises(ValueError, match=r"^tool add: no MCP server is connected$"):
        asyncio.run(tools.execute_tool("add", {}))


def test_a_server_that_is_given_twice_is_refused():
    """Before anything is connected."""
    with pytest.raises(ValueError, match=r"is there twice"):
        asyncio.run(OpeaMCPToolsManager.create(config(GONE.url, GONE.url)))
