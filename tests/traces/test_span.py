"""A span that was read, and the trace that spans make."""

from harness.traces.span import Span, SpanEvent, Trace, group


def span(identity, parent=None, began_ns=0, ended_ns=10, trace="a", **more):
    return Span(
        trace * 32, identity * 16, parent and parent * 16, "x", "internal", began_ns, ended_ns, **more
    )


def test_a_trace_knows_roots_children_and_orphans():
    """A span whose parent is not there is an orphan, not a root."""
    trace = Trace.of([span("b", "a", 1), span("a"), span("c", "f", 2)])

    assert [each.span_id[0] for each in trace.roots] == ["a"]
    assert [each.span_id[0] for each in trace.orphans] == ["c"]
    assert [each.span_id[0] for each in trace.children["a" * 16]] == ["b"]


def test_a_span_that_came_twice_counts_once():
    """Of two with one id the longer is kept, and the other is counted."""
    trace = Trace.of([span("a", ended_ns=5), span("a", ended_ns=9), span("a", ended_ns=3)])

    assert [each.ended_ns for each in trace.spans] == [9]
    assert trace.duplicates == 2


def test_spans_in_any_order_make_the_same_traces():
    """Grouping does not depend on the order of arrival."""
    spans = [span("a", began_ns=3), span("b", "a", 4), span("c", trace="b", began_ns=1)]

    assert group(spans) == group(spans[::-1])
    assert [trace.trace_id[0] for trace in group(spans)] == ["b", "a"]


def test_an_array_is_read_in_both_of_its_writings():
    """OTLP hands over a list, Jaeger's own API the list as text; anything else is no array."""
    assert span("a", attributes={"x": [1, 2]}).integers("x") == [1, 2]
    assert span("a", attributes={"x": "[1,2]"}).integers("x") == [1, 2]
    assert span("a", attributes={"x": '["1","2"]'}).integers("x") == [1, 2]
    assert span("a", attributes={"x": "[1,"}).integers("x") == []
    assert span("a", attributes={"x": "7"}).integers("x") == []
    assert span("a").integers("x") == []


def test_text_falls_back_on_the_resource_and_own_does_not():
    """What a process says of itself holds for its spans, but is not the span's own word."""
    it = span("a", attributes={"n": 7}, resource={"opea.node": "embedding"})

    assert (it.text("opea.node"), it.own("opea.node")) == ("embedding", "")
    assert (it.text("n"), it.own("n"), it.text("nothing")) == ("7", "7", "")


def test_the_first_event_of_a_name_is_found():
    """Events are looked up by name."""
    it = span("a", events=[SpanEvent("x", 1), SpanEvent("x", 2)])

    assert it.event("x").at_ns == 1
    assert it.event("y") is None
