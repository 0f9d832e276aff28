"""Spans of opea-comps, made up where no recording has the case."""

import pytest

from harness.traces.attribution import attribute
from harness.traces.latency import node_rows
from harness.traces.opea_spans import EXECUTE, FIRST_TOKEN, NO_NAMES, SCHEDULE, STREAM, is_request
from harness.traces.span import Span, Trace, group

MS = 10**6


class Made:
    """A run of opea-comps, put together span by span; times in milliseconds."""

    def __init__(self):
        self.spans = []

    def add(self, name, began, ended, parent=None, kind="internal", trace=None, **more):
        number = len(self.spans) + 1
        trace_id = parent.trace_id if parent else f"{trace or number:032x}"
        parent_id = more.pop("parent_id", parent.span_id if parent else None)
        span = Span(trace_id, f"{number:016x}", parent_id, name, kind, began * MS, ended * MS, "opea", **more)
        self.spans.append(span)
        return span

    def request(self, began, *nodes, asyn=""):
        """One request; `nodes` are (name, duration), called one after the other."""
        total = sum(duration for _, duration in nodes)
        schedule = self.add(SCHEDULE, began, began + total)
        for name, duration in nodes:
            execute = self.add(EXECUTE, began, began + duration, schedule)
            if name:
                how = "asyn_generate" if name == asyn else "generate"
                self.add(f"{name}/MicroService_{how}", began, began + duration, execute)
            began += duration
        return schedule

    @property
    def traces(self):
        return group(self.spans)


def errors_of(attribution):
    return [
        (call.node, call.error) for request in attribution.requests for call in request.calls if call.error
    ]


def test_an_empty_endpoint_leaves_nodes_unknown_and_says_why():
    """Without `_generate` spans nothing names a node: no guess, one warning with the cause."""
    made = Made()
    for number in range(10):
        made.request(number * 100, ("", 10), ("", 20))
        made.add("embedding", number * 100 + 1, number * 100 + 9)

    found = attribute(made.traces)

    assert (found.strategy, found.confidence, found.unattributed) == ("none", None, 10)
    assert list(found.warnings) == [NO_NAMES]
    assert [(row.node, row.calls, row.confidence) for row in node_rows(found)] == [("unknown", 10, None)]


def test_a_refused_connection_is_the_nodes():
    """All three spans fail; the node is charged, once."""
    made = Made()
    schedule = made.add(SCHEDULE, 0, 10, failed=True, message="ClientConnectorError: refused")
    execute = made.add(EXECUTE, 0, 10, schedule, failed=True, message="ClientConnectorError: refused")
    made.add(
        "rerank/MicroService_generate", 0, 10, execute, failed=True, message="ClientConnectorError: refused"
    )

    assert errors_of(attribute(made.traces)) == [("rerank", "ClientConnectorError: refused")]


def test_a_stream_that_never_began_is_the_llms_error():
    """opea-comps answers 200 with nothing where the LLM answers 500: the stream's span is not there."""
    made = Made()
    made.request(0, ("embedding", 10), ("llm", 20), asyn="llm")
    made.request(1000, ("embedding", 10), ("llm", 20), asyn="llm")
    made.add(STREAM, 31, 80)

    assert errors_of(attribute(made.traces)) == [("llm", "no_stream")]


def test_a_caller_that_left_is_no_error():
    """The first token came, the stream's own span did not: an orphan."""
    made = Made()
    made.request(0, ("llm", 20), asyn="llm")
    made.add(FIRST_TOKEN, 21, 25, parent_id="f" * 16)

    found = attribute(made.traces)

    assert (errors_of(found), found.orphans) == ([], 1)


def test_a_process_that_says_its_node_needs_no_guess():
    """`opea.node` in the resource settles which node a handler is, whatever it is called."""
    made = Made()
    for number in range(10):
        made.request(number * 100, ("guard_in", 20), ("guard_out", 20))
        for node, offset in (("guard_in", 2), ("guard_out", 22)):
            began = number * 100 + offset
            made.add(
                "safety_check", began, began + 15, resource={"opea.node": node, "service.instance.id": node}
            )

    found = attribute(made.traces)

    assert {call.node: call.server.text("opea.node") for r in found.requests for call in r.calls} == {
        "guard_in": "guard_in",
        "guard_out": "guard_out",
    }
    assert found.unattributed == 0


def test_a_handler_that_fits_no_call_is_unattributed():
    """What lies in nobody's waiting is counted, not forced upon a node."""
    made = Made()
    made.request(0, ("embedding", 20))
    made.add("batch", 500, 600)

    found = attribute(made.traces)

    assert found.unattributed == 1
    assert found.requests[0].calls[0].server is None


@pytest.mark.parametrize("name", ["Agent.stream_generator", "stream_generator"])
def test_the_making_of_a_generator_is_nobodys_latency(name):
    """The span of an async generator ends before it has run."""
    made = Made()
    made.request(0, ("agent", 300))
    made.add(name, 5, 6)

    (row,) = node_rows(attribute(made.traces))

    assert (row.server_ms_p50, attribute(made.traces).unattributed) == (None, 0)


def test_a_wires_own_span_lasts_to_the_end_of_the_stream():
    """Before a real gateway a wire sees the whole stream: that is the LLM's own view."""
    made = Made()
    for number in range(10):
        made.request(number * 1000, ("llm", 20), asyn="llm")
        made.add(STREAM, number * 1000 + 21, number * 1000 + 200)
        made.add(
            "POST /v1/chat/completions",
            number * 1000 + 1,
            number * 1000 + 199,
            kind="server",
            attributes={"opea.node": "llm"},
        )

    (row,) = node_rows(attribute(made.traces))

    assert (row.node, row.client_ms_p50, row.server_ms_p50, row.confidence) == ("llm", 200.0, 198.0, 1.0)


def test_a_schedule_under_a_server_is_no_lone_request():
    """With handed-on context `schedule` is a child, and the trace is read as a tree."""
    made = Made()
    server = made.add("POST /v1/chatqna", 0, 50, kind="server")
    made.add(SCHEDULE, 1, 49, server)

    assert not is_request(Trace.of(made.spans))
