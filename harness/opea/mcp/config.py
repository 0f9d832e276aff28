"""Which MCP servers an agent has.

Names and fields follow comps/cores/mcp/config.py, GenAIComps 8130a3f.
"""

from urllib.parse import urlsplit

from pydantic import BaseModel, Field


class OpeaMCPSSEServerConfig(BaseModel):
    """A server at an address, and the key that it asks for."""

    url: str
    api_key: str | None = None


class OpeaMCPStdioServerConfig(BaseModel):
    """A server that is a command; `env` is added to the few variables that it is given anyway."""

    name: str
    command: str
    args: list[str] = Field(default_factory=list)
    env: dict[str, str] = Field(default_factory=dict)


class OpeaMCPConfig(BaseModel):
    """All servers of an agent."""

    sse_servers: list[OpeaMCPSSEServerConfig] = Field(default_factory=list)
    stdio_servers: list[OpeaMCPStdioServerConfig] = Field(default_factory=list)

    def validate_servers(self) -> None:
        """ValueError for an address that is given twice, or is none."""
        urls = [server.url for server in self.sse_servers]
        twice = sorted({url for url in urls if urls.count(url) > 1})
        if twice:
            raise ValueError(f"sse_servers: {twice[0]} is there twice; each server is given once")
        for url in urls:
            parts = urlsplit(url)
            if not (parts.scheme and parts.netloc):
                raise ValueError(f"sse_servers: {url!r} is no URL such as http://127.0.0.1:8000/sse")
