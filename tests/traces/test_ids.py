"""Ids have one form, whatever they came as."""

import pytest

from harness.traces.ids import span_id, trace_id


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("AB" * 16, "ab" * 16),
        ("cd" * 8, "0" * 16 + "cd" * 8),
        ("S0sVO5o4DWl3wAiw63nljw==", "4b4b153b9a380d6977c008b0eb79e58f"),
    ],
)
def test_a_trace_id_is_32_lower_case_digits(given, normal):
    """Upper case, Jaeger's short form and a protobuf library's base64 are all the same id."""
    assert trace_id(given) == normal


def test_a_span_id_is_16_lower_case_digits():
    """The same holds for spans."""
    assert span_id("z4I6Gm+lRyI=") == span_id("CF823A1A6FA54722") == "cf823a1a6fa54722"


@pytest.mark.parametrize("given", ["", "0" * 32, "xyz", "a" * 33, "AAAA=", "AAAAAAAAAAAAAAAAAAAAAA=="])
def test_what_is_no_id_is_refused(given):
    """Empty, zero, too long and not hex: the message shows what was given."""
    with pytest.raises(ValueError, match=f"id {given!r} is no 32 hex digits other than zero"):
        trace_id(given)
