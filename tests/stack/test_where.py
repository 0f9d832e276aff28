"""Where the parts of a stack are."""

import pytest

from harness.discovery import SCENARIO, discover
from harness.errors import UsageError
from harness.stack.where import Where, check_nodes


@pytest.mark.parametrize(
    ("jaeger", "url"),
    [("embedded", ""), ("process", ""), ("none", ""), ("http://127.0.0.1:16686/", "http://127.0.0.1:16686")],
)
def test_only_a_jaeger_that_runs_already_has_an_address(jaeger, url):
    """Ours get theirs when they are started."""
    assert Where(jaeger=jaeger).jaeger_url == url


@pytest.mark.parametrize(
    ("gateway", "url"), [("reference", None), ("opea", None), ("http://x:1/", "http://x:1")]
)
def test_only_a_gateway_that_runs_already_has_an_address(gateway, url):
    """Ours get theirs when they are started."""
    assert Where(gateway).gateway_url == url


def test_a_place_is_given_to_a_node_that_is_there():
    """Both the name and the place are looked at."""
    rag = discover(SCENARIO)["rag"]
    check_nodes(rag, Where(nodes={"llm": "http://127.0.0.1:1", "dataprep": "mock"}))

    with pytest.raises(UsageError, match=r"--node nope: rag has no such node; nodes are \['guardrail_in', "):
        check_nodes(rag, Where(nodes={"nope": "mock"}))
    with pytest.raises(UsageError, match="--node llm=ftp://x: a node is `mock`"):
        check_nodes(rag, Where(nodes={"llm": "ftp://x"}))
