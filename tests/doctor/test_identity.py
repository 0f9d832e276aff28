"""What a server says of itself."""

import pytest

from harness.doctor.identity import (
    files_of,
    found_of,
    json_of,
    models_of,
    routes_of,
    services_of,
    title_of,
    vector_of,
)
from harness.doctor.seen import Answer, Probe


def probe(**answers):
    found = {name: Answer("GET /", 200, "application/json", body) for name, body in answers.items()}
    return Probe("x", "node", "http://x", answers=found)


def test_title_and_routes_are_read():
    """From OPEA's health route and the OpenAPI document."""
    asked = probe(
        title=b'{"Service Title":"opea_service@llm"}', routes=b'{"paths":{"/v1/x":{"post":{},"get":{}}}}'
    )

    assert title_of(asked) == "opea_service@llm"
    assert routes_of(asked) == ("POST /v1/x", "GET /v1/x")


def test_jaegers_own_service_is_none():
    """It traces itself."""
    assert services_of(probe(services=b'{"data":["jaeger-all-in-one","chatqna"]}')) == ["chatqna"]
    assert services_of(probe(services=b'{"data":null}')) == []


def test_models_are_read_from_ollama_and_from_openais_list():
    """By name there, by id here."""
    assert models_of(probe(models=b'{"models":[{"name":"a:latest"}]}')) == ["a:latest"]
    assert models_of(probe(models=b'{"data":[{"id":"b"}]}')) == ["b"]


def test_a_vector_is_read_from_either_shape():
    """OpenAI's, and OPEA's multimodal one."""
    assert vector_of(probe(contract=b'{"data":[{"embedding":[1.0]}]}')) == [1.0]
    assert vector_of(probe(contract=b'{"embedding":[2.0]}')) == [2.0]


def test_files_and_documents_are_counted():
    """Of a dataprep and of a retriever."""
    assert files_of(probe(files=b'[{"name":"a"},{"name":"b"}]')) == 2
    assert files_of(probe(files=b"{}")) == 0
    assert found_of(probe(contract=b'{"retrieved_docs":[]}')) == 0
    assert found_of(probe(contract=b'{"text":"x"}')) is None


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"7", b'{"data":7}', b'{"data":[]}'])
def test_what_is_something_else_is_unknown(body):
    """Never an exception."""
    asked = probe(title=body, routes=body, contract=body)

    assert (title_of(asked), routes_of(asked), vector_of(asked)) == ("", (), None)


def test_only_an_answer_of_200_is_read():
    """Errors have JSON too."""
    assert json_of(Answer("GET /", 500, "application/json", b"{}")) is None
    assert json_of(None) is None
