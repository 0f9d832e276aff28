"""Traces that are trees: each span belongs to the call above it."""

from harness.traces.attribution import attribute
from harness.traces.critical_path import critical_path
from harness.traces.latency import node_rows
from harness.traces.propagated import entry
from harness.traces.span import Span, SpanEvent, Trace, group

MS = 10**6


class Tree:
    """One trace, put together span by span; times in milliseconds."""

    def __init__(self, number=1):
        self.trace_id = f"{number:032x}"
        self.spans = []

    def add(self, name, kind, began, ended, parent=None, service="rag", **attributes):
        span = Span(
            self.trace_id,
            f"{len(self.spans) + 1:016x}",
            parent.span_id if isinstance(parent, Span) else parent,
            name,
            kind,
            began * MS,
            ended * MS,
            service,
            attributes={key.replace("__", "."): value for key, value in attributes.items()},
        )
        self.spans.append(span)
        return span

    def call(self, node, began, ended, parent, **attributes):
        client = self.add(f"POST /{node}", "client", began, ended, parent, opea__node=node, **attributes)
        server = self.add(f"POST /{node}", "server", began + 1, ended - 1, client, node, opea__node=node)
        return client, server

    @property
    def trace(self):
        return Trace.of(self.spans)


def test_a_callers_context_makes_an_entry_and_no_orphan():
    """The parent of the first span is the caller's, which nobody exports."""
    tree = Tree()
    root = tree.add("POST /v1/rag", "server", 0, 100, parent="f" * 16)
    tree.call("embedding", 10, 30, root)

    found = attribute([tree.trace])

    assert entry(tree.trace) is root
    assert (found.orphans, found.unattributed, len(found.requests)) == (0, 0, 1)


def test_a_nodes_own_span_is_never_the_entry():
    """Where the gateway's spans were lost there is no request, and the node's span is loose."""
    tree = Tree()
    tree.add("POST /embed", "server", 0, 10, parent="f" * 16, opea__node="embedding")

    found = attribute([tree.trace, _whole(2).trace])

    assert entry(tree.trace) is None
    assert (len(found.requests), found.orphans, found.unattributed) == (1, 1, 1)


def _whole(number=1):
    tree = Tree(number)
    root = tree.add("POST /v1/rag", "server", 0, 100)
    tree.call("embedding", 10, 30, root)
    tree.call("llm", 40, 90, root)
    return tree


def test_a_lost_client_span_leaves_an_orphan():
    """Its SERVER span's parent is not there: counted, not attributed."""
    tree = _whole()
    trace = Trace.of([span for span in tree.spans if (span.name, span.kind) != ("POST /llm", "client")])

    found = attribute([trace])

    assert (found.orphans, found.unattributed) == (1, 1)
    assert [call.node for call in found.requests[0].calls] == ["embedding"]


def test_time_goes_to_the_nodes_and_the_rest_is_the_orchestrators():
    """Self time is the node's own, the path goes through caller and called."""
    found = attribute([_whole().trace])
    request = found.requests[0]
    by_label = {}
    for segment in critical_path(request.intervals):
        label = request.intervals[segment.index].label
        by_label[label] = by_label.get(label, 0) + segment.duration_ns // MS

    assert by_label == {"": 30, "embedding": 20, "llm": 50}
    assert [(call.client_ns // MS, call.server_ns // MS, call.self_ns // MS) for call in request.calls] == [
        (20, 18, 18),
        (50, 48, 48),
    ]


def test_what_a_node_waits_for_is_not_its_own_time():
    """A node that calls another node is charged only for the rest."""
    tree = Tree()
    root = tree.add("POST /v1/rag", "server", 0, 100)
    _, server = tree.call("agent", 10, 90, root)
    tree.call("tool", 20, 60, server)

    rows = {call.node: call for call in attribute([tree.trace]).requests[0].calls}

    assert rows["agent"].self_ns == (78 - 40) * MS
    assert rows["tool"].self_ns == 38 * MS


def test_attempts_are_one_call():
    """Two refused attempts and a good one: one call, no error, from the first start to the last end."""
    traces = []
    for number in range(1, 11):
        tree = Tree(number)
        root = tree.add("POST /v1/rag", "server", 0, 100)
        for attempt, (began, ended) in enumerate([(10, 15), (20, 25), (30, 60)], 1):
            failed = {"error__type": "refused", "http__response__status_code": 503} if attempt < 3 else {}
            tree.call("llm", began, ended, root, opea__attempt=attempt, **failed)
        traces.append(tree.trace)

    (row,) = node_rows(attribute(traces))

    assert (row.calls, row.attempts, row.errors, row.client_ms_p50) == (10, 30, 0, 50.0)


def test_a_node_called_twice_on_purpose_has_two_calls():
    """A first attempt begins a new call."""
    tree = Tree()
    root = tree.add("POST /v1/rag", "server", 0, 100)
    tree.call("tool", 10, 20, root, opea__attempt=1)
    tree.call("tool", 30, 50, root, opea__attempt=1)

    (row,) = node_rows(attribute([tree.trace]))

    assert (row.calls, row.attempts) == (2, 2)


def test_the_fault_and_the_error_of_a_hop_are_kept():
    """What the wire did and what the caller made of it stand in the call."""
    tree = Tree()
    root = tree.add("POST /v1/rag", "server", 0, 100)
    client = tree.add("POST /llm", "client", 10, 20, root, opea__node="llm", error__type="upstream_5xx")
    tree.spans[-1] = client = Span(**{**_fields(client), "failed": True})
    tree.add("POST /llm", "server", 11, 19, client, "llm", opea__node="llm", opea__fault="status-500")

    (call,) = attribute([tree.trace]).requests[0].calls

    assert (call.error, call.fault) == ("upstream_5xx", "status-500")


def _fields(span):
    return {name: getattr(span, name) for name in Span.__slots__}


def test_a_stream_tells_first_token_and_the_time_between():
    """From the event and the offsets as read back, also where an API made text of the array."""
    tree = Tree()
    root = tree.add("POST /v1/rag", "server", 0, 100)
    client = tree.add(
        "POST /llm",
        "client",
        10,
        90,
        root,
        opea__node="llm",
        opea__token_offsets_us="[30000,40000,55000]",
    )
    tree.spans[-1] = Span(**{**_fields(client), "events": (SpanEvent("gen_ai.first_token", 40 * MS),)})

    (call,) = attribute([tree.trace]).requests[0].calls

    assert (call.streamed, call.first_token_ns, call.offsets_us) == (True, 30 * MS, [30000, 40000, 55000])


def test_without_names_the_called_service_is_the_node():
    """Plain OpenTelemetry instrumentation: a CLIENT span and another service's SERVER span under it."""
    tree = Tree()
    root = tree.add("POST /v1/rag", "server", 0, 100)
    client = tree.add("POST", "client", 10, 50, root)
    tree.add("POST /embed", "server", 12, 48, client, "tei-embedding")
    tree.add("POST /embed http send", "internal", 47, 48, tree.spans[-1], "tei-embedding")
    tree.add("GET", "client", 60, 70, root)

    found = attribute([tree.trace])

    assert [(call.node, call.server_ns) for call in found.requests[0].calls] == [("tei-embedding", 36 * MS)]


def test_a_label_of_the_whole_process_names_no_call():
    """`opea.node` in the gateway's resource does not make its CLIENT spans calls of the gateway."""
    tree = _whole()
    spans = [Span(**{**_fields(span), "resource": {"opea.node": "mega"}}) for span in tree.spans]

    found = attribute(group(spans))

    assert [call.node for call in found.requests[0].calls] == ["embedding", "llm"]


def test_a_very_deep_trace_is_walked():
    """Five thousand spans one under the other need no recursion."""
    tree = Tree()
    parent = tree.add("POST /v1/rag", "server", 0, 20_000)
    for depth in range(1, 5000):
        parent = tree.add("step", "internal", depth, 20_000 - depth, parent)

    (request,) = attribute([tree.trace]).requests

    assert sum(segment.duration_ns for segment in critical_path(request.intervals)) == request.duration_ns
