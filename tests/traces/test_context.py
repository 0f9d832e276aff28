"""The trace context is written and read as the W3C says."""

import pytest

from harness.traces.context import Context


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
