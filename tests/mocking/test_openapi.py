"""The OpenAPI document of a mock."""

import json
from pathlib import Path

from harness.comp import World
from harness.mocking.app import Mock
from harness.mocking.openapi import document
from mocks.embeddings import COMPS
from tests.mocking.greeter import GREETER, get

RECORDED = Path(__file__).parents[1] / "data" / "recorded"


def test_every_endpoint_is_documented_with_its_types():
    """Unions as unions."""
    paths = document(GREETER, [])["paths"]
    body = paths["/v1/greet"]["post"]["requestBody"]["content"]["application/json"]["schema"]

    assert set(paths) == {endpoint.path for endpoint in GREETER.endpoints}
    assert {each["$ref"].rpartition("/")[2] for each in body["anyOf"]} == {"Greeting", "Counting"}


def test_side_endpoints_are_documented_too():
    """On the page that is served."""
    shown = get("/openapi.json").json()

    assert {"/v1/health_check", "/health", "/v1/statistics", "/metrics", "/v1/greet"} <= set(shown["paths"])
    assert shown["info"]["title"] == "opea_service@greeter"


def test_the_schemas_are_those_of_the_real_comp():
    """Field by field, for the embedding service that was recorded; descriptions are our own."""
    real = json.loads((RECORDED / "embedding__openapi.json").read_text())["response"]["body"]
    ours = document(COMPS[0], [])
    names = ("EmbeddingRequest", "EmbeddingResponse", "EmbeddingResponseData", "UsageInfo")

    for name in names:
        shown = {k: v for k, v in ours["components"]["schemas"][name].items() if k != "description"}

        assert shown == real["components"]["schemas"][name], name


def test_the_document_is_of_the_real_comps_shape():
    """Routes, tags, models and fields of the embedding service that was recorded, and nothing beside them."""
    real = json.loads((RECORDED / "embedding__openapi.json").read_text())["response"]["body"]
    ours = get("/openapi.json", Mock(COMPS[0], World())).json()

    assert _names(ours) == _names(real)


def _names(value):
    """The names of all that is in an object, in no order."""
    return {key: _names(inner) for key, inner in value.items()} if isinstance(value, dict) else None
