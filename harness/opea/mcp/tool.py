"""A tool of an MCP server, as an agent's model wants to have it described.

Names follow comps/cores/mcp/tool.py, GenAIComps 8130a3f.
"""

from typing import Any

from mcp.types import Tool


class OpeaMCPClientTool(Tool):
    """A tool that is called on its server."""

    def to_param(self) -> dict[str, Any]:
        """The tool as a function in OpenAI's words."""
        function = {"name": self.name, "description": self.description, "parameters": self.inputSchema}
        return {"type": "function", "function": function}
