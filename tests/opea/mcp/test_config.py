"""Which MCP servers an agent has."""

import pytest

from harness.opea.mcp.config import OpeaMCPConfig


def config(*urls):
    return OpeaMCPConfig.model_validate({"sse_servers": [{"url": url} for url in urls]})


def test_a_config_is_read_from_plain_data():
    """What is not said is empty."""
    read = OpeaMCPConfig.model_validate(
        {
            "sse_servers": [{"url": "http://a/sse", "api_key": "k"}],
            "stdio_servers": [{"name": "s", "command": "c"}],
        }
    )
    read.validate_servers()

    assert (read.sse_servers[0].api_key, read.stdio_servers[0].args, read.stdio_servers[0].env) == (
        "k",
        [],
        {},
    )
    assert OpeaMCPConfig() == OpeaMCPConfig(sse_servers=[], stdio_servers=[])


@pytest.mark.parametrize(
    ("urls", "words"),
    [
        (
            ("http://a/sse", "http://b", "http://a/sse"),
            r"sse_servers: http://a/sse is there twice; each server",
        ),
        (("localhost:80/sse",), r"sse_servers: 'localhost:80/sse' is no URL such as http"),
        (("",), r"sse_servers: '' is no URL such as http"),
    ],
)
def test_addresses_that_make_no_sense_are_told(urls, words):
    """One that is there twice, and one that is none."""
    with pytest.raises(ValueError, match=f"^{words}"):
        config(*urls).validate_servers()
