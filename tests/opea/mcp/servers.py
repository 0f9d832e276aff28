"""MCP servers for tests: one of ours at an address, and one that is a command."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from harness.opea import MicroService
from tests.opea.serving import serving

STDIO = """
import os
from mcp.server.fastmcp import FastMCP

server = FastMCP("stdio", log_level="ERROR")


@server.tool(description="multiplies")
def times(a: int, b: int) -> int:
    return a * b


@server.tool()
def city() -> str:
    return os.environ.get("CITY", "none")


server.run("stdio")
"""
COMMAND = (sys.executable, ["-c", STDIO])


def add(a: int, b: int) -> int:
    return a + b


@contextmanager
def at_an_address(*more) -> Iterator[str]:
    """The `/sse` of a server whose tools are `add` and these functions."""
    service = MicroService("sse", host="127.0.0.1", port=0, enable_mcp=True, func=add, description="adds")
    for function in more:
        service.add_mcp(function)
    with serving(service) as address:
        yield f"{address}/sse"
