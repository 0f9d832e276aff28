"""`OpeaMCPToolsManager`: the tools of all MCP servers of an agent, called by name.

Names follow comps/cores/mcp/manager.py, GenAIComps 8130a3f; unlike there each tool that is an attribute calls itself, and not the last one.
"""

import asyncio
import json
from collections.abc import Callable
from functools import partial
from typing import Any, Self

from harness.opea.logger import CustomLogger
from harness.opea.mcp.client import OpeaMCPClient
from harness.opea.mcp.config import OpeaMCPConfig, OpeaMCPSSEServerConfig, OpeaMCPStdioServerConfig

Server = OpeaMCPSSEServerConfig | OpeaMCPStdioServerConfig

VOICE = CustomLogger("comps-mcp-manager")


class OpeaMCPToolsManager:
    """The tools of several servers; to be left with `async with`. Of a tool that several servers have, the first one's is called.

    A tool is an attribute too: `await tools.add(a=1, b=2)`. `tools_registry` describes all tools to a model.
    """

    def __init__(self, config: OpeaMCPConfig) -> None:
        self.config = config
        self.clients: list[OpeaMCPClient] = []
        self.tools_registry: list[dict[str, Any]] = []

    @classmethod
    async def create(cls, config: OpeaMCPConfig) -> Self:
        """Connect to all servers at once; one that cannot be reached is logged and left out. ValueError for addresses that are none."""
        config.validate_servers()
        made = cls(config)
        servers: list[Server] = [*config.sse_servers, *config.stdio_servers]
        connected = await asyncio.gather(*(_connected(server) for server in servers))
        made.clients = [client for client in connected if client]
        made.tools_registry = [tool.to_param() for client in made.clients for tool in client.tools]
        return made

    async def execute_tool(self, tool_name: str, parameters: dict[str, Any]) -> str:
        """What a tool gives, as JSON; ValueError where no server is connected or none has the tool."""
        if not self.clients:
            raise ValueError(f"tool {tool_name}: no MCP server is connected")
        for client in self.clients:
            if tool_name in client.tool_registry:
                given = await client.invoke_tool(tool_name, parameters)
                return json.dumps(given.model_dump(mode="json"))
        known = [tool.name for client in self.clients for tool in client.tools]
        raise ValueError(f"tool {tool_name} is on no MCP server; tools are {known}")

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if any(name in client.tool_registry for client in vars(self).get("clients", ())):
            return partial(self._called, name)
        raise AttributeError(
            f"{type(self).__name__} has no {name}, and no MCP server has a tool of this name"
        )

    async def _called(self, tool_name: str, /, **parameters: Any) -> str:
        return await self.execute_tool(tool_name, parameters)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self.clients:
            await client.disconnect()


async def _connected(server: Server) -> OpeaMCPClient | None:
    client = OpeaMCPClient()
    try:
        if isinstance(server, OpeaMCPSSEServerConfig):
            await client.connect_via_sse(server.url, server.api_key)
        else:
            await client.connect_via_stdio(server.command, server.args, server.env)
    except (OSError, TimeoutError, ValueError) as error:
        VOICE.error(str(error) or f"{server}: {type(error).__name__}")
        return None
    return client
