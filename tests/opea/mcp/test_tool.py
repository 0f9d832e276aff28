"""A tool as a model wants to have it described."""

from harness.opea.mcp.tool import OpeaMCPClientTool


def test_a_tool_is_a_function_in_openais_words():
    """Name, description, and the schema of its arguments."""
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    tool = OpeaMCPClientTool(name="double", description="doubles", inputSchema=schema)

    assert tool.to_param() == {
        "type": "function",
        "function": {"name": "double", "description": "doubles", "parameters": schema},
    }
