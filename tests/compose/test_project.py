"""Who is told where whom is."""

import pytest

from harness.compose.project import address


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("URL", "http://tei:80/embed", ("tei", 80)),
        ("URL", "redis://db", ("db", None)),
        ("TEI_HOST_IP", "tei", ("tei", 8080)),
        ("TEI_HOST", "tei:9", ("tei", 9)),
        ("OTHER_HOST_IP", "tei", ("tei", None)),
        ("URL", "http://[bad", ("", None)),
        ("EMPTY", "", ("", None)),
    ],
)
def test_an_address_is_a_url_a_host_and_port_or_two_variables(variable, value, expected):
    """OPEA's own files have all three."""
    assert address(variable, value, {"TEI_PORT": "8080"}) == expected


def test_a_megaservice_calls_by_name_and_by_this_machines_address(read):
    """The latter leads to what is published there."""
    project = read()
    called = project.called_by(project.parts["chatqna-backend-server"])

    assert {variable: part.name for variable, part in called.items()} == {
        "EMBEDDING_SERVER_HOST_IP": "tei-embedding-service",
        "RETRIEVER_SERVICE_HOST_IP": "retriever",
        "RERANK_SERVER_HOST_IP": "tei-reranking-service",
        "LLM_SERVER_HOST_IP": "vllm-service",
    }


def test_a_container_name_is_a_name_too(read):
    """As compose has it on its network."""
    part = read().named("tei-embedding-server", 80)

    assert part.name == "tei-embedding-service"
