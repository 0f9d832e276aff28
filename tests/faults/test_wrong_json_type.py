"""JSON of another type, whatever the type was."""

import orjson
import pytest

from harness.faults.wrong_json_type import FAULTS, deep, null, swapped


@pytest.mark.parametrize(
    ("body", "other"), [(b'{"a":1}', b'[{"a":1}]'), (b"[1]", b'{"items":[1]}'), (b"nope", b"nope")]
)
def test_objects_and_lists_swap(body, other):
    """An object comes in a list, a list in an object, and what is no JSON as it was."""
    assert swapped(body) == other


def test_null_is_null():
    """Whatever it was is null."""
    assert orjson.loads(null(b'{"a":1}')) is None


def test_deep_is_deep():
    """As many brackets close as open."""
    assert deep(b"{}").count(b"[") == deep(b"{}").count(b"]") == 10_000


def test_streams_are_left_alone(hop):
    """None of them fits a stream."""
    assert {fault.unfit(hop("openai")) is None for fault in FAULTS} == {False}
    assert {fault.unfit(hop("llm")) is None for fault in FAULTS} == {True}
