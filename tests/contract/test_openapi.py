"""OpenAPI documents of real comps and of our own, held against contracts; and broken ones."""

import asyncio
import json
from copy import deepcopy
from pathlib import Path

import pytest

from harness.client import Client
from harness.comp import World
from harness.contract.openapi import faults, narrowed, openapi, widened
from harness.contract.talk import Talk
from harness.discovery import COMP, discover
from harness.stack.mock_app import Mock
from harness.stack.mock_openapi import document
from harness.stack.mock_serving import serving
from tests.contract.ways import Wrapped
from tests.stack.greeter import GREETER

COMPS = discover(COMP)
EMBEDDINGS = COMPS["embeddings"]
ENDPOINT = EMBEDDINGS.endpoints[0]
RECORDED = Path(__file__).parents[1] / "data" / "recorded"


@pytest.fixture
def real():
    """The document of the real embedding service."""
    return recorded("embedding__openapi")


def recorded(name):
    """A recorded document."""
    body = json.loads((RECORDED / f"{name}.json").read_text())["response"]["body"]
    return json.loads(body) if isinstance(body, str) else body


@pytest.mark.parametrize(
    ("name", "comp"), [("embedding__openapi", "embeddings"), ("dataprep_pgvector__openapi", "dataprep")]
)
def test_the_documents_of_real_comps_are_valid_and_keep_their_contracts(name, comp):
    """Nothing is narrowed and nothing widened."""
    theirs, mine = recorded(name), document(COMPS[comp], ())

    assert list(faults(theirs)) == []
    for endpoint in COMPS[comp].endpoints:
        assert narrowed(mine, theirs, endpoint) == []
        assert widened(mine, theirs, endpoint) == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda d: d.pop("info"), "info: Field required"),
        (lambda d: d.update(openapi="2.0"), "openapi: is '2.0'; 3.0, 3.1 or 3.2 can be read"),
        (lambda d: d.update(paths={}), "paths: there are none, so nothing is documented"),
        (
            lambda d: d["components"]["schemas"].pop("EmbeddingRequest"),
            "#/components/schemas/EmbeddingRequest: leads nowhere",
        ),
        (
            lambda d: d["paths"]["/health"]["get"].update(operationId="embedding_v1_embeddings_post"),
            "operationId embedding_v1_embeddings_post: stands 2 times",
        ),
        (lambda d: d["paths"]["/health"]["get"].pop("responses"), "GET /health: has no responses"),
        (lambda d: d["paths"].update({"x": d["paths"].pop("/health")}), "GET x: a path begins with /"),
    ],
)
def test_what_is_wrong_with_a_document_is_told_with_its_place(real, change, why):
    """Its form, its references, its names."""
    change(real)

    assert list(faults(real)) == [why]


def test_what_is_no_object_is_no_document():
    """Whatever else it is."""

    assert list(faults([])) == ["the document: is no JSON object"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda s: s["required"].append("model"), "request.model: is required"),
        (
            lambda s: s["properties"].update(input={"type": "string"}),
            "request.input: array is not taken, only string",
        ),
        (
            lambda s: s["properties"].update(dimensions={"type": "integer", "minimum": 64}),
            "request.dimensions: minimum is 64, none was promised",
        ),
    ],
)
def test_a_request_that_takes_less_is_narrowed(real, change, why):
    """It breaks callers that were right until then."""
    change(real["components"]["schemas"]["EmbeddingRequest"])

    assert narrowed(document(EMBEDDINGS, ()), real, ENDPOINT)[0] == why


def test_a_new_parameter_that_is_required_narrows_the_request(real):
    """Nobody sends it."""
    parameter = {"name": "x-key", "in": "header", "required": True, "schema": {"type": "string"}}
    real["paths"]["/v1/embeddings"]["post"]["parameters"] = [parameter]

    assert narrowed(document(EMBEDDINGS, ()), real, ENDPOINT) == ["header parameter x-key: is required"]


def test_a_reply_that_allows_more_is_widened(real):
    """It breaks whoever reads the field."""
    reply = deepcopy(real)
    reply["components"]["schemas"]["EmbeddingResponse"]["properties"].pop("data")
    reply["components"]["schemas"]["EmbeddingResponse"]["required"] = []

    assert widened(document(EMBEDDINGS, ()), reply, ENDPOINT) == ["reply.data: is required"]


def test_each_endpoint_of_a_framework_comp_has_its_two_checks():
    """And the document two; a server of another project documents itself as it likes."""
    ids = [check.id for check in openapi(GREETER)]

    assert ids[:4] == [
        "greeters.openapi.routes",
        "greeters.openapi.valid",
        "greeters.v1-greet.openapi.request",
        "greeters.v1-greet.openapi.reply",
    ]
    assert list(openapi(COMPS["third_parties.tei"])) == []


def verdicts(around=None):
    """What is found of the greeter's document over a real socket."""

    async def judged():
        client = Client()
        mock = Mock(GREETER, World())
        async with serving([Wrapped(mock, around) if around else mock]) as urls:
            talk = Talk(client, urls["greeters"], GREETER)
            try:
                return {check.id: await check.judge(talk) for check in openapi(GREETER)}
            finally:
                await client.close()

    return asyncio.run(judged())


def test_the_document_of_a_service_is_fetched_and_compared():
    """All that is documented holds; a reply without a shape is not compared."""
    found = verdicts()

    assert {each.verdict for name, each in found.items() if not name.endswith("reply")} == {"holds"}
    assert found["greeters.v1-greet.openapi.reply"].verdict == "holds"
    assert found["greeters.v1-letters.openapi.reply"].why.startswith(
        "the document says nothing about the reply"
    )


def test_without_a_document_nothing_is_compared():
    """Two checks tell of it, the others are not green."""

    async def gone(mock, scope, receive, send):
        if scope["path"] == "/openapi.json":
            scope = {**scope, "path": "/gone"}
        await mock(scope, receive, send)

    found = verdicts(gone)
    routes, valid = (found.pop(f"greeters.openapi.{name}") for name in ("routes", "valid"))

    assert routes.why == "it is no 200 with a document that has paths"
    assert valid.why == "the document: is no JSON object"
    assert {each.why.partition(": ")[2] for each in found.values()} == {
        "is not documented; openapi.routes tells of it"
    }
