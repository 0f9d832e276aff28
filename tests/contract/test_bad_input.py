"""Which bad bodies are sent to which endpoint."""

import asyncio
from dataclasses import replace

import pytest
from pydantic import BaseModel

from harness.comp import Deviation, Example
from harness.contract.bad_input import bad_input, bodies
from harness.contract.check import Broken, Skipped
from harness.contract.curl import Asked
from harness.contract.talk import Answer
from tests.contract.says import Says
from tests.mocking.greeter import GREETER

GREET = GREETER.endpoint("/v1/greet")


class Anything(BaseModel):
    """A model to which an empty object is a request."""

    name: str | None = None


def names(endpoint):
    """The bad bodies that an endpoint is checked with."""
    return [check.id.rpartition(".")[2] for check in bad_input("greeters", endpoint)]


def test_an_endpoint_is_checked_with_every_kind_of_bad_body():
    """From nothing at all to too deep a nesting."""

    assert names(GREET) == [
        "empty",
        "half-an-object",
        "list",
        "null",
        "number",
        "string",
        "missing-fields",
        "wrong-types",
        "invalid-utf8",
        "wrong-content-type",
        "deep-nesting",
    ]


def test_what_is_valid_to_a_lenient_model_is_no_bad_body():
    """OPEA takes an empty object in many places."""
    lenient = replace(GREET, variants=(replace(GREET.variants[0], request=Anything),))

    assert set(names(GREET)) - set(names(lenient)) == {"missing-fields"}


def test_an_optional_body_may_be_empty():
    """Then neither nothing nor null is bad."""
    optional = replace(GREET, variants=(replace(GREET.variants[0], request=Anything | None),))

    assert set(names(GREET)) - set(names(optional)) == {"missing-fields", "empty", "null"}


def test_forms_queries_and_routes_without_body_have_no_bad_json():
    """They read none."""

    assert [names(each) for each in GREETER.endpoints if each.body != "json"] == [[]] * 5
    assert [names(replace(GREET, body=body)) for body in ("form", "query", "none")] == [[]] * 3


def test_wrong_types_are_made_of_the_first_good_example():
    """Every field of it gets a type that is none of its own."""
    wrong = next(bad for bad in bodies(GREET) if bad.name == "wrong-types")

    assert wrong.value == {"name": {"of": {"another": ["type"]}}}


def found(endpoint, name, answer, **more):
    """What the check of that bad body finds in that answer."""
    (check,) = (each for each in bad_input("greeters", endpoint) if each.id.endswith(f".{name}"))
    return asyncio.run(check.find(Says(answer, **more)))


def test_what_is_known_of_the_real_comp_is_told_as_such():
    """It is no finding, and not green either."""
    failed = Answer(500, "text/plain", b"Internal Server Error")
    known = Deviation("types", "other types are an internal error", lambda body: "name" in body, 500)
    deviating = replace(GREET, known=(known,))

    assert found(deviating, "wrong-types", failed) == Skipped(
        "known deviation types: other types are an internal error"
    )
    assert found(deviating, "invalid-utf8", failed).why == "answered with 500, 4xx was promised"
    assert found(GREET, "wrong-types", failed).why == "answered with 500, 4xx was promised"
    assert found(GREET, "wrong-types", Answer(422, "text/plain", b"no")) is None
    assert found(GREET, "wrong-types", Answer(422, "text/plain", b" ")).why == "the 422 gives no reason"


def test_a_server_that_reads_its_json_itself_may_be_known_to_fail_on_what_it_cannot_read():
    """One behind a framework may not: what cannot be read never comes to it."""
    failed = Answer(500, "text/plain", b"Internal Server Error")
    known = Deviation("no-name", "a missing name is an internal error", lambda body: body is None, 500)
    deviating, own = replace(GREET, known=(known,)), replace(GREETER, framework=False)

    for name in ("empty", "half-an-object", "invalid-utf8", "deep-nesting"):
        assert found(deviating, name, failed, comp=own) == Skipped(
            "known deviation no-name: a missing name is an internal error"
        )
        assert found(deviating, name, failed).why == "answered with 500, 4xx was promised"


WRONG = {"of": {"another": ["type"]}}


def test_every_bad_body_is_what_its_name_says():
    """The bytes, what they say in JSON where they are any, and what they are called."""
    sent = {bad.name: (bad.body, bad.value, bad.content_type) for bad in bodies(GREET)}
    json = "application/json"

    assert sent == {
        "empty": (b"", ..., json),
        "half-an-object": (b"{", ..., json),
        "list": (b"[]", [], json),
        "null": (b"null", None, json),
        "number": (b"7", 7, json),
        "string": (b'"x"', "x", json),
        "missing-fields": (b"{}", {}, json),
        "wrong-types": (b'{"name":{"of":{"another":["type"]}}}', {"name": WRONG}, json),
        "invalid-utf8": (b'{"text": "\xff\xfe\xc3"}', ..., json),
        "wrong-content-type": (b'{"name":"Ada"}', '{"name":"Ada"}', "text/plain"),
        "deep-nesting": (b"[" * 100_000, ..., json),
    }


@pytest.mark.parametrize(
    ("examples", "good"),
    [
        ((Example("no", {"a": 1}, status=422), Example("yes", {"b": 1})), b'{"b":1}'),
        ((Example("early", {"a": 1}, status=100), Example("nothing"), Example("yes", {"b": 1})), b'{"b":1}'),
        ((Example("list", ["a"]), Example("yes", {"b": 1})), b'["a"]'),
        ((), b"{}"),
    ],
)
def test_a_good_request_is_the_first_that_is_answered(examples, good):
    """Whatever is no object has no fields to be given another type."""
    first, *_ = GREET.variants
    found = {bad.name: bad for bad in bodies(replace(GREET, variants=(replace(first, examples=examples),)))}

    assert found["wrong-content-type"].body == good
    assert found["wrong-types"].value == (
        WRONG if good == b'["a"]' else dict.fromkeys(["b"][: len(examples)], WRONG)
    )


def test_where_anything_is_taken_only_what_is_no_json_is_bad():
    """Where nothing is taken at all, there is no bad body."""
    untyped = replace(GREET.variants[0], request=None)

    assert names(replace(GREET, variants=(untyped, GREET.variants[1]))) == [
        "half-an-object",
        "invalid-utf8",
        "deep-nesting",
    ]
    assert names(replace(GREET, variants=(untyped,))) == []


def test_json_by_another_name_is_good_where_it_is_promised_to_be_read():
    """All else is bad there too."""
    assert set(names(GREET)) - set(names(replace(GREET, any_type=True))) == {"wrong-content-type"}


@pytest.mark.parametrize("status", [100, 200, 399, 500, 501])
def test_only_4xx_is_a_refusal(status):
    """What came instead is shown."""

    assert found(GREET, "number", Answer(status, "text/plain", b"oops")) == Broken(
        f"answered with {status}, 4xx was promised", actual=f"{status} oops"
    )


@pytest.mark.parametrize("status", [400, 422, 499])
def test_a_refusal_has_a_reason_and_leaves_the_server_well(status):
    """The request that it did not survive is the one to repeat."""
    asked = Asked("POST", "http://127.0.0.1:9/v1/greet", {})
    refused = Answer(status, "text/plain", b"no", asked=asked)

    assert found(GREET, "number", refused) is None
    assert found(GREET, "number", replace(refused, body=b"")) == Broken(
        f"the {status} gives no reason", actual="an empty body"
    )
    assert found(GREET, "number", refused, is_well=False) == Broken(
        "/v1/health_check: does not answer 200 afterwards", actual="the server is not well", asked=asked
    )


@pytest.mark.parametrize(
    ("name", "content_type"), [("number", "application/json"), ("wrong-content-type", "text/plain")]
)
def test_a_bad_body_is_sent_under_its_type(name, content_type):
    """To the endpoint's own route."""
    (check,) = (each for each in bad_input("greeters", GREET) if each.id.endswith(f".{name}"))
    talk = Says(Answer(422, "text/plain", b"no"))
    asyncio.run(check.find(talk))
    (bad,) = (bad for bad in bodies(GREET) if bad.name == name)

    assert talk.asked == [("POST", "/v1/greet", bad.body, {"content-type": content_type})]
    assert check.kind.name == f"bad-input.{name}"
    assert check.says == f"POST /v1/greet: {name.replace('-', ' ')} is refused with 4xx and a reason"
