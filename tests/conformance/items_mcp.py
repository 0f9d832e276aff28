"""Tools over MCP (tests/cores/mega/test_mcp*.py, tests/cores/mcp, GenAIComps 8130a3f)."""

import asyncio
import json
import sys
import threading
from contextlib import contextmanager

from tests.conformance.nodes import asked, free_port, refused, until

STDIO_SERVER = """
from mcp.server.fastmcp import FastMCP
server = FastMCP("small")
@server.tool()
def triple(value: int) -> int:
    return 3 * value
server.run(transport="stdio")
"""


@contextmanager
def tools():
    """A service with two tools under one name, and its URL; it ends with this process."""
    from comps import opea_microservices, register_microservice

    port = free_port()
    options = {"enable_mcp": True, "host": "127.0.0.1", "port": port}

    @register_microservice(name="tools", endpoint="/v1/add", description="adds one", **options)
    async def add_one(value: int) -> int:
        return value + 1

    @register_microservice(name="tools", endpoint="/v1/double", description="doubles", **options)
    async def double(value: int) -> int:
        return 2 * value

    service = opea_microservices.pop("tools")
    threading.Thread(target=service.start, daemon=True).start()
    until(lambda: asked(port, "GET", "/nothing")[0] == 404)
    yield f"http://127.0.0.1:{port}/sse"


def item_59_a_service_serves_its_functions_as_tools():
    """By its name, two of them under it, and each gives its result."""
    import comps.cores.mcp.client  # noqa: F401 - the engine has to know the protocol at all
    from mcp import ClientSession
    from mcp.client.sse import sse_client

    async def main(url):
        async with sse_client(url) as streams, ClientSession(*streams) as session:
            hello = await session.initialize()
            named = sorted(tool.name for tool in (await session.list_tools()).tools)
            results = [await session.call_tool(name, {"value": 4}) for name in named]
            return hello.serverInfo.name, named, [result.content[0].text for result in results]

    with tools() as url:
        assert asyncio.run(main(url)) == ("tools", ["add_one", "double"], ["5", "8"])


def item_60_a_client_finds_and_calls_tools():
    """Over server-sent events and over standard input; what is not there is a ValueError."""
    from comps.cores.mcp.config import OpeaMCPConfig, OpeaMCPSSEServerConfig, OpeaMCPStdioServerConfig
    from comps.cores.mcp.manager import OpeaMCPToolsManager

    async def used(config, name):
        manager = await OpeaMCPToolsManager.create(config)
        async with manager:
            known = [tool["function"]["name"] for tool in manager.tools_registry]
            result = json.loads(await manager.execute_tool(name, {"value": 4}))
            await no_tool(manager.execute_tool("nothing", {}), "nothing")
        return sorted(known), result["content"][0]["text"]

    async def no_tool(execution, words):
        with refused(ValueError, words):
            await execution

    asyncio.run(no_tool(OpeaMCPToolsManager(OpeaMCPConfig()).execute_tool("add_one", {}), "MCP"))
    with tools() as url:
        config = OpeaMCPConfig(sse_servers=[OpeaMCPSSEServerConfig(url=url)])
        assert asyncio.run(used(config, "double")) == (["add_one", "double"], "8")
    stdio = OpeaMCPStdioServerConfig(name="small", command=sys.executable, args=["-c", STDIO_SERVER])
    config = OpeaMCPConfig(stdio_servers=[stdio])
    assert asyncio.run(used(config, "triple")) == (["triple"], "12")
