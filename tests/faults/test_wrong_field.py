"""The field that matters most is the one that goes."""

import orjson
import pytest

from harness.faults.wrong_field import FAULTS, largest, null_largest, without_largest


def test_the_largest_field_is_the_content():
    """Vectors, documents and choices take more bytes than what stands around them."""
    assert largest({"object": "list", "data": [{"embedding": [0.1, 0.2, 0.3]}], "model": "m"}) == "data"


@pytest.mark.parametrize(
    ("body", "without", "null"),
    [
        ({"id": 1, "text": "abc"}, {"id": 1}, {"id": 1, "text": None}),
        ([{"id": 1, "text": "abc"}], [{"id": 1}], [{"id": 1, "text": None}]),
    ],
)
def test_it_goes_or_becomes_null(body, without, null):
    """In an object, and in each object of a list."""
    assert orjson.loads(without_largest(orjson.dumps(body))) == without
    assert orjson.loads(null_largest(orjson.dumps(body))) == null


@pytest.mark.parametrize("body", [b"[[0.1]]", b"{}", b"nope", b"3"])
def test_without_fields_nothing_changes(body):
    """A reply without fields is given back byte for byte, so the fault does not count as fired."""
    assert without_largest(body) == body
    assert null_largest(body) == body


def test_streams_are_left_alone(hop):
    """Neither fits a stream."""
    assert all(fault.unfit(hop("openai")) for fault in FAULTS)


def test_an_id_is_not_the_field_that_matters():
    """However long it is, the text beside it goes first."""
    assert without_largest(b'{"id":"0123456789abcdef","text":"hi"}') == b'{"id":"0123456789abcdef"}'
