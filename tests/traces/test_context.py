"""The trace context is written and read as the W3C says."""

import pytest

from harness.traces.context import Context, below


def test_a_context_survives_its_own_header():
    """What one hop writes, the next one reads."""
    context = Context.new()

    assert Context.parse(context.traceparent) == context


def test_unsampled_is_said_in_the_flags():
    """The last digit of the header is the sampling decision, and it is kept."""
    context = Context("a" * 32, "b" * 16, sampled=False)

    assert context.traceparent == f"00-{'a' * 32}-{'b' * 16}-00"
    assert Context.parse(context.traceparent) == context


def test_a_child_stays_in_the_trace_at_a_new_place():
    """A child has its parent's trace id and a span id of its own."""
    parent = Context.new()
    child = parent.child()

    assert child.trace_id == parent.trace_id
    assert child.span_id != parent.span_id
    assert len(child.span_id) == 16


def test_a_later_version_may_say_more():
    """A header of a version to come is read as far as it is known."""
    header = f"01-{'a' * 32}-{'b' * 16}-01-more"

    assert Context.parse(header) == Context("a" * 32, "b" * 16)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "nonsense",
        f"ff-{'a' * 32}-{'b' * 16}-01",
        f"00-{'0' * 32}-{'b' * 16}-01",
        f"00-{'a' * 32}-{'0' * 16}-01",
        f"00-{'A' * 32}-{'b' * 16}-01",
        f"00-{'a' * 32}-{'b' * 16}-01-more",
        f"00-{'a' * 31}-{'b' * 16}-01",
    ],
)
def test_a_header_that_breaks_the_standard_is_no_context(header):
    """Zero ids, upper case, wrong lengths and version ff are refused."""
    assert Context.parse(header) is None


@pytest.mark.parametrize("flags", ["00", "01", "03"])
@pytest.mark.parametrize("version", ["00", "01"])
def test_a_header_below_another_is_its_child(version, flags):
    """The same trace, a new place each time, and the same sampling, as `child` of what was parsed has it."""
    header = f"{version}-{'a' * 32}-{'b' * 16}-{flags}"
    parent = Context.parse(header)
    found = [Context.parse(below(header.encode()).decode()) for _ in range(2)]

    assert {(each.trace_id, each.sampled) for each in found} == {(parent.trace_id, parent.sampled)}
    assert len({parent.span_id, *(each.span_id for each in found)}) == 3


@pytest.mark.parametrize(
    "header", [None, b"", b"nonsense", b"\xff", b"00-" + b"0" * 32 + b"-" + b"b" * 16 + b"-01"]
)
def test_a_header_below_none_begins_a_trace(header):
    """What says no place is no parent."""
    first, second = (Context.parse(below(header).decode()) for _ in range(2))

    assert first.sampled
    assert first.trace_id != second.trace_id
