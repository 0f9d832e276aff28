"""JSON in and out as FastAPI has it."""

from dataclasses import replace

import pytest

from harness.comp import Refusal
from harness.mocking.json_bodies import UNPARSED, Invalid, is_json, parsed
from tests.mocking.greeter import GREETER


@pytest.mark.parametrize(
    ("content_type", "is_it"),
    [
        (None, True),
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("application/problem+json", True),
        ("text/json", False),
        ("text/plain", False),
        ("application/x-www-form-urlencoded", False),
        ("", False),
    ],
)
def test_json_is_told_by_the_content_type(content_type, is_it):
    """Also where a suffix says it."""

    assert is_json(content_type) is is_it


def test_what_python_takes_for_json_is_taken():
    """NaN too, which orjson refuses."""

    assert str(parsed(b'{"a": NaN}')) == "{'a': nan}"


def test_half_an_object_is_invalid_at_its_place():
    """Type, place and reason are FastAPI's."""
    with pytest.raises(Invalid) as caught:
        parsed(b'{"a": 1')

    assert caught.value.errors[0]["loc"] == ("body", 7)
    assert caught.value.errors[0]["ctx"] == {"error": "Expecting ',' delimiter"}


@pytest.mark.parametrize("body", [b'{"a": "\xff"}', b"[" * 100_000])
def test_what_is_no_text_or_too_deep_is_refused_with_400(body):
    """In FastAPI's own words."""
    with pytest.raises(Refusal) as caught:
        parsed(body)

    assert (caught.value.status, caught.value.detail) == (400, UNPARSED)


def test_a_server_that_is_no_fastapi_says_one_sentence():
    """As TEI and TGI do."""
    comp = replace(GREETER, framework=False, validation_status=400)
    invalid = Invalid([{"type": "missing", "loc": ("body", "name"), "msg": "Field required", "input": {}}])

    assert invalid.body(comp) == b'{"error":"body.name: Field required","error_type":"Validation"}'


def test_what_json_cannot_say_is_said_otherwise():
    """Bytes as text, infinity as null, an exception by its words, half a surrogate as a question mark."""
    value = {"a": b"\xff", "b": float("inf"), "c": ValueError("no"), "d": "\ud800", "e": (1, True)}
    invalid = Invalid([{"type": "x", "loc": (), "msg": "", "input": value}])

    assert '"input":{"a":"\ufffd","b":null,"c":"no","d":"?","e":[1,true]}' in invalid.body(GREETER).decode()
