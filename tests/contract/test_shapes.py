"""Does a value have the shape that a contract says?"""

import pytest
from pydantic import BaseModel

from harness.contract.shapes import accepts, lacks, misshapen, takes_nothing
from harness.opea.proto.chat import ChatCompletionRequest
from tests.stack.greeter import GREETER, Greeted


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
