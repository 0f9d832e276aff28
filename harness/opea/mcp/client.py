"""`OpeaMCPClient`: a connection to one MCP server, at an address or as a command.

Names follow comps/cores/mcp/client.py, GenAIComps 8130a3f. The SDK wants a connection closed by the task that opened it, so a task of
its own holds each: it may be connected, used and disconnected from anywhere.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

from mcp import ClientSession, StdioServerParameters
from mcp.client.sse import sse_client
from mcp.client.stdio import stdio_client
from mcp.types import CallToolResult

from harness.opea.logger import CustomLogger
from harness.opea.mcp.tool import OpeaMCPClientTool

CONNECT_S = 30.0
LEAVE_S = 10.0
TOOL_S = 600.0  # A tool may ask a model, which may take as long as a node may.

Transport = AbstractAsyncContextManager[tuple[Any, ...]]

VOICE = CustomLogger("comps-mcp-client")


class OpeaMCPClient:
    """The tools of one server; `session` is None while it is not connected."""

    def __init__(self, description: str = "the tools of one MCP server") -> None:
        self.description = description
        self.session: ClientSession | None = None
        self.tools: list[OpeaMCPClientTool] = []
        self.tool_registry: dict[str, OpeaMCPClientTool] = {}
        self._leaving = asyncio.Event()
        self._held: asyncio.Task[None] | None = None

    async def connect_via_sse(
        self,
        server_url: str,
        api_key: str | None = None,
        timeout: float = CONNECT_S,  # noqa: ASYNC109 - OPEA's signature
    ) -> None:
        """Connect to an address; TimeoutError after `timeout` seconds, ConnectionError where no MCP server answers."""
        if not server_url:
            raise ValueError("server_url: is empty; it is a URL such as http://127.0.0.1:8000/sse")
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else None
        await self._connect(server_url, sse_client(server_url, headers, timeout=timeout), timeout)

    async def connect_via_stdio(
        self, command: str, args: Sequence[str], env: Mapping[str, str] | None = None
    ) -> None:
        """Start a command and speak with it; ConnectionError where it is no MCP server."""
        if not command:
            raise ValueError("command: is empty; it is what starts an MCP server")
        parameters = StdioServerParameters(command=command, args=list(args), env=dict(env or {}) or None)
        await self._connect(command, stdio_client(parameters), CONNECT_S)

    async def invoke_tool(self, tool_name: str, parameters: dict[str, Any]) -> CallToolResult:
        """What a tool gives; ValueError for one that the server has not."""
        if tool_name not in self.tool_registry:
            raise ValueError(
                f"tool {tool_name} is none of this server's, which are {list(self.tool_registry)}"
            )
        if self.session is None:
            raise RuntimeError(f"tool {tool_name}: its server is not connected")
        return await self.session.call_tool(tool_name, parameters, timedelta(seconds=TOOL_S))

    async def disconnect(self) -> None:
        """Let go of the server, if there is one; what goes wrong then is logged."""
        held, self._held = self._held, None
        self.session, self.tools, self.tool_registry = None, [], {}
        if held is None:
            return
        self._leaving.set()
        try:
            async with asyncio.timeout(LEAVE_S):
                await held
        except Exception as error:  # noqa: BLE001 - nobody needs the connection any more
            VOICE.error(f"disconnecting failed: {_words(error)}")

    async def _connect(self, where: str, transport: Transport, limit_s: float) -> None:
        await self.disconnect()
        self._leaving = asyncio.Event()
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._held = asyncio.create_task(self._hold(transport, ready))
        try:
            async with asyncio.timeout(limit_s):
                await asyncio.wait({self._held, ready}, return_when=asyncio.FIRST_COMPLETED)
        except BaseException:
            self._held.cancel()
            await asyncio.wait({self._held}, timeout=LEAVE_S)
            self._held = None
            raise
        if not ready.done():
            held, self._held = self._held, None
            error = held.exception()
            raise ConnectionError(f"MCP server {where}: cannot be spoken with: {_words(error)}") from error

    async def _hold(self, transport: Transport, ready: asyncio.Future[None]) -> None:
        """Keep the connection until it is to be left."""
        async with transport as streams, ClientSession(*streams) as session:
            await session.initialize()
            await self._learn(session)
            self.session = session
            ready.set_result(None)
            await self._leaving.wait()

    async def _learn(self, session: ClientSession) -> None:
        cursor: str | None = None
        while True:
            page = await session.list_tools(cursor)
            self.tools += [
                OpeaMCPClientTool.model_validate(tool.model_dump(by_alias=True)) for tool in page.tools
            ]
            cursor = page.nextCursor
            if not cursor:
                break
        self.tool_registry = {tool.name: tool for tool in self.tools}


def _words(error: BaseException | None) -> str:
    """What went wrong, of the first error in a group of them."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"
