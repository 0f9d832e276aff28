"""Does a value have the shape that a contract says?"""

from dataclasses import replace

import pytest
from pydantic import BaseModel

from harness.contract.shapes import accepts, is_valid, lacks, misshapen, schema_of, takes_nothing
from harness.opea.proto.chat import ChatCompletionRequest
from tests.mocking.greeter import GREETER, Greeted


class Absent(BaseModel):
    """A model with a field that upstream types without None and dumps as null."""

    text: str = None
    others: list[Greeted] = []


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"text": "x", "times": None}, None),
        ({"text": "x"}, None),
        ({}, "text: Field required, seen '{}'"),
        ({"text": 1}, "text: Input should be a valid string, seen '1'"),
        ([], "reply: Input should be a valid dictionary or instance of Greeted, seen '[]'"),
    ],
)
def test_a_misshapen_reply_is_told_by_its_first_error(value, why):
    """Place, pydantic's words, what was seen."""

    assert misshapen(Greeted, value) == why


def test_an_absent_field_may_be_null():
    """As OPEA's own dumps have it; nested ones too."""

    assert misshapen(Absent, {"text": None, "others": [{"text": "x", "times": None}]}) is None
    assert misshapen(list[Absent], [{"text": None}]) is None
    assert misshapen(ChatCompletionRequest, {"messages": "x", "input": None}) is None


def test_a_null_where_a_value_must_be_is_wrong():
    """Only a field that defaults to null may be it."""

    assert misshapen(Greeted, {"text": None}).startswith("text: Input should be a valid string")


@pytest.mark.parametrize(
    ("value", "part", "why"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, None),
        ({"a": [1, {"b": 2, "c": 3}]}, {"a": [1, {"b": 2}]}, None),
        ({"a": 1}, {"b": 1}, "reply.b: is not there"),
        ({"a": None}, {"a": 1}, "reply.a: is 'None', '1' was promised"),
        ({"a": [1, 2]}, {"a": [1, 3]}, "reply.a[1]: is '2', '3' was promised"),
        ([1], [1, 2], "reply: is '[1]', '[1, 2]' was promised"),
        ("x", {"a": 1}, "reply: is 'x', \"{'a': 1}\" was promised"),
    ],
)
def test_what_a_value_lacks_is_told_by_its_place(value, part, why):
    """Objects may hold more, all else is equal or wrong."""

    assert lacks(value, part) == why


def test_a_request_is_accepted_in_any_of_its_variants():
    """And not beyond."""
    greet = GREETER.endpoint("/v1/greet")

    assert [accepts(greet, value) for value in ({"name": "x"}, {"upto": 1}, {}, [], None)] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_an_endpoint_without_a_body_takes_nothing():
    """One with a required body does not."""

    assert takes_nothing(GREETER.endpoint("/v1/image", "GET"))
    assert not takes_nothing(GREETER.endpoint("/v1/greet"))


class Kept(BaseModel):
    """A model whose field is null by type, not by default, and one that may hold others."""

    text: str = "x"
    inner: Absent | None = None
    many: list[int] = []


def test_only_what_defaults_to_null_may_be_null():
    """A default that is no null says nothing of it; what is unknown stays, and so does what is no object."""

    assert misshapen(Kept, {"text": None}).startswith("text: ")
    assert misshapen(Kept, {"inner": None, "other": None}) is None
    assert misshapen(Kept, {"many": [None]}).startswith("many.0: ")
    assert misshapen(list[int], [1, 2]) is None
    assert misshapen(list[int], {"a": 1}).startswith("reply: ")
    assert misshapen(dict[str, int], {"a": None}).startswith("a: ")


def test_what_was_seen_is_shown_shortened():
    """Eighty letters of it are enough."""
    long = "x" * 100

    assert misshapen(list[int], long).endswith(f"seen {'x' * 80!r}")
    assert lacks(long, "y" * 100) == f"reply: is {'x' * 80!r}, {'y' * 80!r} was promised"


@pytest.mark.parametrize(
    ("value", "part", "why"),
    [
        ({"a": 1}, {}, None),
        ([], [], None),
        ([1, 2], [1], "reply: is '[1, 2]', '[1]' was promised"),
        ({"a": 1}, [1], "reply: is \"{'a': 1}\", '[1]' was promised"),
        ([1], {"a": 1}, "reply: is '[1]', \"{'a': 1}\" was promised"),
        ([{"a": 1}, {"a": 2}], [{"a": 1}, {"b": 2}], "reply[1].b: is not there"),
        ({"a": {"b": 1}, "c": 2}, {"a": {"b": 1}, "c": 3}, "reply.c: is '2', '3' was promised"),
        (1, 0, "reply: is '1', '0' was promised"),
        (0, 1, "reply: is '0', '1' was promised"),
    ],
)
def test_what_is_no_part_is_told(value, part, why):
    """Lists are equal in length and member by member."""

    assert lacks(value, part) == why


def test_without_a_model_everything_is_a_request():
    """And its schema says nothing."""

    assert is_valid(None, object())
    assert not is_valid(Greeted, {})
    assert schema_of(None) == {}
    assert schema_of(Absent)["properties"]["others"]["items"] == {"$ref": "#/$defs/Greeted"}


def test_an_optional_body_may_be_left_out():
    """In any of the variants."""
    greet = GREETER.endpoint("/v1/greet")
    optional = replace(greet.variants[0], request=Absent | None)

    assert takes_nothing(replace(greet, variants=(greet.variants[0], optional)))
    assert not takes_nothing(replace(greet, variants=(replace(optional, request=Absent | Greeted),)))


def test_the_first_of_several_errors_is_told_without_its_page():
    """One is enough to begin with; a request may be an object with attributes, as FastAPI takes it."""
    told = misshapen(Greeted, {"text": 1, "times": "x"})

    assert told == "text: Input should be a valid string, seen '1'"
    assert is_valid(Greeted, Greeted(text="x"))
    assert is_valid(Absent, Greeted(text="x"))
