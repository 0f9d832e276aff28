"""Requests are read as FastAPI reads them; FastAPI itself is asked for comparison."""

import asyncio
import json
from typing import Annotated

import httpx
import pytest
from fastapi import Body, FastAPI

from harness.comp import Endpoint
from harness.mocking.request import Pattern, Reader
from tests.mocking.greeter import GREETER, Counting, Greeting, asked, get, post, variants, with_endpoint

GREET = GREETER.endpoint("/v1/greet")
BODIES = [
    b"", b"{", b"[]", b"null", b"7", b'"x"', b"{}", b'{"name": 1}', b'{"name": "x", "loud": "perhaps"}',
    b'{"upto": "three"}', b'{"name": null}', b'{"name": "x"', b"nope", b"[" * 2000,
    b'{"name": "x", "more": 1}', b'{"name": "Ada", "upto": 3}', b"\xff", b'{"name": "\xff"}',
]  # fmt: skip


@pytest.fixture(scope="module")
def fastapi_itself():
    """The same contract, served by FastAPI in its own way: `post(body, headers)`."""
    app = FastAPI(strict_content_type=False)

    @app.post("/v1/greet")
    async def greet(request: Annotated[Greeting | Counting, Body()]):
        return {"text": "x"}

    async def once(body, headers):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://fastapi") as client:
            return await client.post("/v1/greet", content=body, headers=headers)

    return lambda body, headers: asyncio.run(once(body, headers))


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("content_type", ["application/json", "application/merge-patch+json"])
def test_what_fastapi_refuses_is_refused_in_its_words(body, content_type, fastapi_itself):
    """Status and every word of the body; a null body is the older FastAPI's, on which OPEA runs."""
    head = {"content-type": content_type}
    theirs = fastapi_itself(body, head)
    ours = asked(lambda client: client.post("/v1/greet", content=body, headers=head))

    assert ours.status_code == theirs.status_code
    if theirs.status_code != 200 and body != b"null":
        assert ours.json() == theirs.json()


def test_a_number_that_json_does_not_know_is_refused_and_shown_as_null():
    """FastAPI itself breaks on showing it; a mock says what was wrong."""
    head = {"content-type": "application/json"}
    reply = asked(lambda client: client.post("/v1/greet", content=b'{"name": NaN}', headers=head))

    assert (reply.status_code, reply.json()["detail"][0]["input"]) == (422, None)


def test_a_null_body_is_a_missing_one():
    """As the FastAPI that OPEA pins has it."""
    reply = asked(
        lambda client: client.post("/v1/greet", content=b"null", headers={"content-type": "application/json"})
    )

    assert reply.json() == {
        "detail": [{"type": "missing", "loc": ["body"], "msg": "Field required", "input": None}]
    }


@pytest.mark.parametrize(("content_type", "status"), [(None, 200), ("text/plain", 422), ("image/png", 422)])
def test_json_counts_as_json_only_where_the_type_does_not_deny_it(content_type, status):
    """A body that does not say what it is, is parsed."""

    async def work(client):
        request = client.build_request("POST", "/v1/greet", content=b'{"name": "Ada"}')
        if content_type:
            request.headers["content-type"] = content_type
        return await client.send(request)

    reply = asked(work)

    assert reply.status_code == status
    if status == 422:
        assert reply.json()["detail"][0]["type"] == "model_attributes_type"


def test_the_fitting_variant_is_chosen():
    """As pydantic's smart mode chooses."""

    assert post("/v1/greet", {"upto": 3}).json()["text"] == "0 1 2"
    assert post("/v1/greet", {"name": "Ada"}).json()["text"] == "Hello Ada"


def test_a_form_is_read_into_text_and_uploads():
    """Fields that stand several times come as several."""
    files = [("files", ("a.txt", b"A")), ("files", ("b.txt", b"B"))]
    reply = asked(lambda client: client.post("/v1/upload", files=files, data={"note": "n"}))

    assert reply.json() == {"note": ["n"], "files": ["A", "B"]}


def test_json_sent_to_a_form_is_an_empty_form():
    """As starlette reads it."""

    assert post("/v1/upload", {"note": "n"}).json() == {}


def test_a_form_that_is_no_form_is_400_with_the_reason():
    """Its boundary is missing."""
    head = {"content-type": "multipart/form-data"}
    reply = asked(lambda client: client.post("/v1/upload", content=b"x", headers=head))

    assert (reply.status_code, reply.json()["detail"]) == (400, "Missing boundary in multipart.")


def test_an_empty_text_in_a_form_is_a_field_that_is_not_there():
    """As FastAPI takes it; a form that nothing is declared of is read as it stands."""
    endpoint = Endpoint(
        "/v1/form", lambda form, world: {}, variants("x", Greeting, None), "source-only", "x.py", body="form"
    )
    declared = asked(lambda client: client.post("/v1/form", data={"name": ""}), with_endpoint(endpoint))
    free = asked(lambda client: client.post("/v1/upload", data={"name": ""}))

    assert (declared.status_code, declared.json()["detail"][0]["type"]) == (422, "missing")
    assert free.json() == {"name": [""]}


def test_a_forms_missing_field_is_refused_in_fastapis_words():
    """It is looked for in the body, and what was sent instead is not shown."""
    endpoint = Endpoint(
        "/v1/form", lambda form, world: {}, variants("x", Greeting, None), "source-only", "x.py", body="form"
    )
    refused = asked(lambda client: client.post("/v1/form", json={"name": "x"}), with_endpoint(endpoint))

    assert refused.status_code == 422
    assert refused.json() == {
        "detail": [{"type": "missing", "loc": ["body", "name"], "msg": "Field required", "input": None}]
    }


def test_a_query_is_read_into_its_fields():
    """Blank ones too."""

    assert get("/v1/search?text=a%20b&empty=").json() == {"found": {"text": "a b", "empty": ""}}


def test_unknown_fields_are_told_for_objects_alone():
    """A list has no fields."""
    reader = Reader(GREET)

    assert reader.unknown({"name": "x", "upto": 1, "more": 2}) == {"more"}
    assert reader.unknown(["more"]) == frozenset()


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/v1/things/a", {"thing": "a"}),
        ("/v1/things/a/b", None),
        ("/v1/things/", None),
        ("/v1.things/a", None),
    ],
)
def test_a_pattern_matches_one_part_a_parameter(path, found):
    """No slash is part of a parameter, and a dot is a dot."""

    assert Pattern("/v1/things/{thing}").match(path) == found


def test_a_body_above_the_limit_is_413(monkeypatch):
    """A mock's memory is bounded."""
    monkeypatch.setattr("harness.mocking.asgi.BODY_BYTES_MAX", 100)
    reply = post("/v1/greet", {"name": "x" * 200})

    assert (reply.status_code, json.loads(reply.content)) == (413, {"detail": "body: more than 100 bytes"})


def test_a_client_that_leaves_in_the_middle_of_its_request_harms_nobody():
    """The next request is answered."""

    async def work(client):
        _reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
        writer.write(b"POST /v1/greet HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        return await client.post("/v1/greet", json={"name": "Ada"})

    assert isinstance(asked(work), httpx.Response)
