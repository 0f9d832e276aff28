"""The variables that say where nodes are."""

import pytest

from harness.errors import UsageError
from harness.gateway.naming import told, usual
from harness.gateway.seen import Seen, SeenNode
from harness.megaservice import Node

GUARD_IN = Node("guardrail_in", "guardrails.guardrails", "/v1/guardrails", service_type="GUARDRAIL")
GUARD_OUT = Node("guardrail_out", "guardrails.guardrails", "/v1/guardrails", service_type="GUARDRAIL")
EMBEDDING = Node("embedding", "third_parties.tei", "/embed", service_type="EMBEDDING")
ASR = Node("asr", "third_parties.whisper", "/v1/asr", service_type="ASR")
LVM = Node("lvm", "lvms", "/v1/lvm", service_type="LVM")
LLM = Node("llm", "third_parties.vllm", "/v1/chat/completions", service_type="LLM")


def places(*nodes):
    return {node.name: (f"host-{node.name}", 7000 + number) for number, node in enumerate(nodes)}


def test_a_node_is_named_by_its_name_its_kind_and_its_server():
    """As OPEA's megaservices read it, whichever of the names they took."""
    found = usual([EMBEDDING, ASR], places(EMBEDDING, ASR))

    for name in ("EMBEDDING_SERVER_HOST_IP", "EMBEDDING_SERVICE_HOST", "TEI_EMBEDDING_HOST_IP"):
        assert found[name] == "host-embedding"
    for name in ("ASR_SERVICE_HOST_IP", "WHISPER_SERVER_HOST_IP"):
        assert found[name] == "host-asr"
    assert (found["EMBEDDING_SERVER_PORT"], found["EMBEDDER_PORT"], found["WHISPER_SERVER_PORT"]) == (
        "7000",
        "7000",
        "7001",
    )


def test_of_two_nodes_of_a_kind_the_first_has_its_name():
    """Each has its own besides."""
    found = usual([GUARD_IN, GUARD_OUT], places(GUARD_IN, GUARD_OUT))

    assert found["GUARDRAIL_SERVICE_HOST_IP"] == "host-guardrail_in"
    assert found["GUARDRAIL_OUT_SERVICE_HOST_IP"] == "host-guardrail_out"
    assert found["GUARDRAIL_OUT_SERVICE_PORT"] == "7001"


def test_an_odd_name_means_a_node_only_where_no_node_has_it():
    """VisualQnA reads the port of its lvm from LLM_SERVICE_PORT; where there is an llm too, that is its own."""
    assert usual([LVM], places(LVM))["LLM_SERVICE_PORT"] == "7000"
    assert usual([LVM, LLM], places(LVM, LLM))["LLM_SERVICE_PORT"] == "7001"


def test_what_a_file_reads_and_what_was_given_go_before_the_usual():
    """In what was given, a node's host, port and URL can be named."""
    seen = SeenNode("llm", "LLM", "/v1/chat/completions", (), host="MY_LLM", port="MY_PORT")
    given = {
        "LLM_SERVER_PORT": "1",
        "LLM_URL": "{url:llm}/v1",
        "AT": "{host:llm}:{port:llm}",
        "JSON": '{"a": 1}',
    }
    found = told([LLM], places(LLM), Seen("M", "/", (seen,)), given)

    assert (found["MY_LLM"], found["MY_PORT"]) == ("host-llm", "7000")
    assert (found["LLM_SERVER_PORT"], found["LLM_SERVICE_PORT"]) == ("1", "7000")
    assert (found["LLM_URL"], found["AT"]) == ("http://host-llm:7000/v1", "host-llm:7000")
    assert found["JSON"] == '{"a": 1}'


def test_a_node_that_there_is_not_is_refused():
    """With those that there are."""
    with pytest.raises(UsageError) as caught:
        told([LLM], places(LLM), given={"LLM_URL": "{url:llama}"})

    assert str(caught.value) == "--env LLM_URL={url:llama}: there is no node 'llama'; nodes are ['llm']"
