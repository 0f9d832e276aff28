"""Addresses on the command line."""

import pytest

from harness.commands.addresses import addresses
from harness.commands.options import find_scenario
from harness.discovery import COMP, discover
from harness.errors import UsageError

COMPS, SCENARIO = discover(COMP), find_scenario("rag", ())
NONE = {"nodes": (), "gateway": None, "jaeger": None}
URL = "http://127.0.0.1:9000"


def given(**options):
    return addresses({**NONE, **options}, COMPS, SCENARIO)


@pytest.mark.parametrize(
    ("name", "comp", "path"),
    [
        ("llm", "llms.text_generation", "/v1/chat/completions"),
        ("dataprep", "dataprep", "/v1/dataprep/ingest"),
        ("guardrails.bias_detection", "guardrails.bias_detection", ""),
        ("mine", None, ""),
    ],
)
def test_a_node_is_the_scenarios_or_a_comp_or_anything(name, comp, path):
    """What is not known is asked what it is."""
    (found,) = given(nodes=(f"{name}={URL}/",))

    assert (found.subject, found.url, found.path) == (name, URL, path)
    assert (found.comp.id if found.comp else None) == comp


def test_the_megaservice_is_asked_a_question_of_the_scenario():
    """At its route, and Jaeger for its services."""
    gateway, jaeger = given(gateway=URL, jaeger="https://traces.example.com/jaeger")

    assert (gateway.role, gateway.path, gateway.question["messages"]) == (
        "gateway",
        "/v1/chatqna",
        "What is OPEA?",
    )
    assert (jaeger.role, jaeger.url) == ("jaeger", "https://traces.example.com/jaeger")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"nodes": ("llm",)}, "--node llm: is no NAME=URL"),
        ({"nodes": ("=x",)}, "--node =x: is no NAME=URL"),
        ({"nodes": ("llm=ftp://x",)}, "--node ftp://x: is no URL"),
        ({"jaeger": "http://"}, "--jaeger http://: is no URL"),
    ],
)
def test_what_is_no_address_is_said(options, words):
    """With what would be right."""
    with pytest.raises(UsageError, match=words):
        given(**options)
