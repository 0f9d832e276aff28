"""Spans of decorated functions, and the scope of a request."""

import asyncio

import pytest

from harness.opea.telemetry import (
    SCOPE,
    Scope,
    Telemetry,
    in_memory_exporter,
    opea_telemetry,
    span_of,
    trace_to,
    tracer,
)
from harness.traces.emit import Context


@opea_telemetry
def child():
    return 1


@opea_telemetry
def parent(wait_s):
    child()
    return wait_s


@opea_telemetry
async def async_child():
    return 1


@opea_telemetry
async def async_parent(wait_s):
    await asyncio.sleep(wait_s)
    await async_child()
    return wait_s


@pytest.fixture(autouse=True)
def empty():
    in_memory_exporter.clear()
    yield
    in_memory_exporter.clear()
    trace_to(None)


def test_each_call_leaves_a_span_of_its_qualified_name_and_duration():
    """Plain and async functions alike give back what they gave."""
    assert (parent(3), asyncio.run(async_parent(0.1))) == (3, 0.1)

    spans = {span.name: span for span in in_memory_exporter.get_finished_spans()}
    assert set(spans) == {"child", "parent", "async_child", "async_parent"}
    took_ms = (spans["async_parent"].end_time - spans["async_parent"].start_time) / 1e6
    assert 99 < took_ms < 10_000


def test_a_child_is_in_its_parents_trace_and_two_calls_are_in_two():
    """The parent is the caller's span."""
    parent(0)
    parent(0)
    one_child, one, _, other = in_memory_exporter.get_finished_spans()

    assert one_child.parent == one.get_span_context()
    assert one.parent is None
    assert one.get_span_context().trace_id != other.get_span_context().trace_id


def test_a_span_joins_the_trace_of_the_request_being_served():
    """Within a service the function belongs to the request."""
    context = Context.new()
    token = SCOPE.set(Scope(context, None, "r1"))
    child()
    SCOPE.reset(token)

    (span,) = in_memory_exporter.get_finished_spans()
    assert span.parent.trace_id == span.context.trace_id == int(context.trace_id, 16)


def test_a_span_may_be_opened_by_hand():
    """As comps do with upstream's tracer."""
    with tracer.start_as_current_span("by hand"):
        child()

    inner, outer = in_memory_exporter.get_finished_spans()

    assert (outer.name, inner.parent) == ("by hand", outer.context)


def test_a_function_that_raises_leaves_its_span_too():
    """What failed also took time, and the scope is as it was before."""
    with pytest.raises(ValueError, match="no"), span_of("failing"):
        raise ValueError("no")

    assert [span.name for span in in_memory_exporter.get_finished_spans()] == ["failing"]
    assert SCOPE.get() is None


def test_the_kept_spans_are_bounded():
    """Ten thousand calls do not fill the memory."""
    for _ in range(10_000):
        child()

    assert len(in_memory_exporter.get_finished_spans()) == 4096


def test_nothing_is_recorded_until_it_is_said_where_to():
    """An empty address is none."""
    told = Telemetry()

    assert told.tracer("a") is None
    assert Telemetry(endpoint="http://127.0.0.1:1/v1/traces").tracer("a") is not None
    trace_to("", opea_run_id="r")
    from harness.opea.telemetry import TELEMETRY

    assert (TELEMETRY.endpoint, TELEMETRY.resource) == (None, {"opea.run_id": "r"})
