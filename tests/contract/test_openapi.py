"""OpenAPI documents of real comps and of our own, held against contracts; and broken ones."""

import asyncio
import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from harness.client import Client
from harness.comp import World
from harness.contract.openapi import faults, narrowed, openapi, widened
from harness.contract.talk import Answer, Talk
from harness.discovery import COMP, discover
from harness.mocking.app import Mock
from harness.mocking.openapi import document
from harness.mocking.serving import serving
from tests.contract.says import Says
from tests.contract.ways import Wrapped
from tests.mocking.greeter import GREETER

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


def verdicts(around=None, comp=GREETER):
    """What is found of a comp's document over a real socket."""

    async def judged():
        client = Client()
        mock = Mock(comp, World())
        async with serving([Wrapped(mock, around) if around else mock]) as urls:
            talk = Talk(client, urls[comp.id], comp)
            try:
                return {check.id: await check.judge(talk) for check in openapi(comp)}
            finally:
                await client.close()

    return asyncio.run(judged())


@pytest.mark.parametrize(("declares", "verdict"), [(True, "n/a"), (False, "violated")])
def test_replies_that_upstream_declares_and_never_gives_are_known(declares, verdict):
    """Its retriever tells of one more; where nobody knows of that, it allows more than was promised."""
    retriever = COMPS["retrievers"]

    async def real(mock, scope, receive, send):
        if scope["path"] == "/openapi.json":
            body = json.dumps(recorded("retriever_pgvector__openapi")).encode()
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        else:
            await mock(scope, receive, send)

    if not declares:
        retriever = replace(
            retriever, endpoints=tuple(replace(each, declares=None) for each in retriever.endpoints)
        )
    found = verdicts(real, retriever)["retrievers.v1-retrieval.openapi.reply"]

    assert found.verdict == verdict
    assert found.why.startswith("known deviation declared: " if declares else "reply.")


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


@pytest.fixture
def greeted():
    """The greeter's own document."""
    return json.loads(json.dumps(document(GREETER, ())))


GREET = GREETER.endpoint("/v1/greet")


def found(name, said, status=200):
    """What the check of that name finds in that document."""
    (check,) = (each for each in openapi(GREETER) if each.id == f"greeters.{name}")
    talk = Says(Answer(status, "application/json", json.dumps(said).encode()))
    finding = asyncio.run(check.find(talk))

    assert talk.asked == [("GET", "/openapi.json")]
    return finding


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
def test_these_versions_can_be_read(greeted, version):
    """Another one cannot."""

    assert list(faults({**greeted, "openapi": version})) == []
    assert list(faults({**greeted, "openapi": "3.3.0"})) == [
        "openapi: is '3.3.0'; 3.0, 3.1 or 3.2 can be read"
    ]


def test_references_are_looked_for_everywhere_and_followed_within_the_document(greeted):
    """Also in lists; another document is not looked into, and a field of that name is no reference."""
    greeted["components"]["schemas"]["More"] = {"anyOf": [{"$ref": "#/nope"}, {"$ref": "other.json#/x"}]}
    greeted["components"]["schemas"]["Odd"] = {"properties": {"$ref": {"type": "string"}}}

    assert list(faults(greeted)) == ["#/nope: leads nowhere"]


def test_an_operation_is_named_once(greeted):
    """How often it stands is told; those without a name are not one."""
    for path in ("/v1/greet", "/v1/letters", "/v1/upload"):
        greeted["paths"][path]["post"]["operationId"] = "same"
    for path in ("/health", "/metrics"):
        greeted["paths"].get(path, {}).get("get", {}).pop("operationId", None)

    assert list(faults(greeted)) == ["operationId same: stands 3 times"]


def test_a_route_that_is_not_documented_is_told(greeted):
    """By method and path, the first of them; a document without paths is none."""
    without = {**greeted, "paths": {**greeted["paths"], "/v1/letters": {"get": {}}}}
    gone = {**greeted, "paths": {"/v1/greet": greeted["paths"]["/v1/greet"]}}

    assert found("openapi.routes", greeted) is None
    told = found("openapi.routes", without)
    assert (told.why, told.actual) == ("POST /v1/letters: is not documented", f"{sorted(without['paths'])}")
    assert found("openapi.routes", gone).why == "POST /v1/letters: is not documented"
    for nothing in ([], {}, {"paths": []}, {"paths": {}}):
        assert found("openapi.routes", nothing).why == "it is no 200 with a document that has paths"
    assert found("openapi.routes", greeted, 201).actual.startswith("201 {")


def test_all_faults_of_a_document_are_counted(greeted):
    """The first is told."""
    greeted["paths"]["/v1/greet"]["post"].pop("responses")
    greeted["paths"]["/v1/letters"]["post"].pop("responses")
    told = found("openapi.valid", greeted)

    assert told.why == "POST /v1/greet: has no responses"
    assert told.actual.startswith("2 faults; 200 {")
    assert found("openapi.valid", document(GREETER, ())) is None


def test_five_differences_are_shown(greeted):
    """And all are counted."""
    body = {"type": "object", "required": list("abcdefg"), "properties": {}}
    greeted["paths"]["/v1/greet"]["post"]["requestBody"]["content"]["application/json"]["schema"] = body
    told = found("v1-greet.openapi.request", greeted)

    assert told.why == "request.a: is required"
    assert told.actual.startswith("14 differences: request.a: is required; ")
    assert told.actual.count("; ") == 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ["header parameter x-key: is required"]),
        ({"required": False}, []),
        ({"in": "path"}, []),
        ({"in": "query"}, ["query parameter x-key: is required"]),
    ],
)
def test_a_parameter_narrows_where_nobody_knows_of_it(greeted, changes, words):
    """Not where it may be left out, stands in the path, or is the contract's own."""
    parameter = {"name": "x-key", "in": "header", "required": True, "schema": {"type": "string"}, **changes}
    greeted["paths"]["/v1/greet"]["post"]["parameters"] = [parameter]
    mine = document(GREETER, ())
    in_query = replace(GREET, body="query")
    without = deepcopy(greeted)
    without["paths"]["/v1/greet"]["post"].pop("requestBody")

    assert narrowed(mine, greeted, GREET) == words
    assert narrowed(greeted, greeted, GREET) == []
    assert narrowed(mine, greeted, in_query) == []
    assert narrowed(mine, without, GREET) == words
    assert narrowed(without, greeted, GREET) == []


def test_a_body_that_may_be_left_out_need_not_take_null(greeted):
    """One that is required has to."""
    optional = deepcopy(greeted)
    content = optional["paths"]["/v1/greet"]["post"]["requestBody"]["content"]["application/json"]
    content["schema"] = {"anyOf": [content["schema"], {"type": "null"}]}
    greeted["paths"]["/v1/greet"]["post"]["requestBody"]["required"] = False
    required = deepcopy(greeted)
    required["paths"]["/v1/greet"]["post"]["requestBody"]["required"] = True

    assert narrowed(optional, greeted, GREET) == []
    assert len(narrowed(optional, required, GREET)) == 1


def test_what_says_nothing_of_its_reply_is_not_widened(greeted):
    """On either side."""
    silent = deepcopy(greeted)
    silent["paths"]["/v1/greet"]["post"]["responses"] = {"200": {"description": "x"}}

    assert (
        widened(greeted, silent, GREET)
        == widened(silent, greeted, GREET)
        == widened(greeted, greeted, GREET)
        == []
    )
    assert widened({}, greeted, GREET) == widened(greeted, [], GREET) == narrowed({}, [], GREET) == []
