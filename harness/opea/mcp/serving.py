"""A service's functions for models that speak MCP: tools, resources and prompts, at the service's `/sse`.

Roles follow comps/cores/mega/micro_service.py, GenAIComps 8130a3f; there a resource or a prompt ends in a TypeError, and a service that speaks MCP
has no other route.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from harness.errors import UsageError
from harness.opea.constants import MCPFuncType

if TYPE_CHECKING:
    from mcp.server.fastmcp import FastMCP
    from starlette.routing import BaseRoute


def server_of(name: str, host: str) -> "FastMCP[Any]":
    """A server with nothing in it yet; UsageError where the SDK is not installed."""
    try:
        from mcp.server.fastmcp import FastMCP
    except ModuleNotFoundError as error:
        raise UsageError(
            f"service {name}: enable_mcp needs the package {error.name}; pip install 'opea-harness[mcp]' brings it"
        ) from None
    return FastMCP(name, host=host)


def offer(
    server: "FastMCP[Any]", function: Callable[..., Any] | None, kind: MCPFuncType, description: str | None
) -> None:
    """Offer a function under its own name; a resource is at `resource://` and its name."""
    if function is None:
        raise UsageError(f"service {server.name}: enable_mcp needs a func, which is what models may call")
    name = str(getattr(function, "__name__", type(function).__name__))
    if kind is MCPFuncType.TOOL:
        server.tool(name, description=description)(function)
    elif kind is MCPFuncType.RESOURCE:
        server.resource(f"resource://{name}", name=name, description=description)(function)
    else:
        server.prompt(name, description=description)(function)


def routes(server: "FastMCP[Any]") -> "list[BaseRoute]":
    """What serves it over server-sent events: `/sse`, and `/messages/` for what clients say."""
    return server.sse_app().routes
