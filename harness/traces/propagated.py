"""Attribute spans of traces whose context crosses hops: each request is one tree. Pure.

A node's call begins at the span that names it: a CLIENT span with `opea.node`, opea-comps' `execute` above
`{node}/MicroService_generate`, or, where nothing names a node, a CLIENT span whose SERVER child is another service.
Everything under it is the node's. Its own view is the first SERVER span below.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.traces.calls import Attribution, Call, Request, error_of
from harness.traces.critical_path import Interval, self_times_ns
from harness.traces.opea_spans import EXECUTE, FIRST_TOKEN, GENERATE, STREAM
from harness.traces.span import Span, Trace

FIRST_TOKEN_EVENT = "gen_ai.first_token"  # noqa: S105 - an event's name, no secret.
OFFSETS = "opea.token_offsets_us"


def entry(trace: Trace) -> Span | None:
    """The span in which the megaservice served the request; None where it is not in the trace.

    Its parent may be the caller's own span, which nobody exports. Every node's span says `opea.node`, the entry none.
    """
    tops = [*trace.roots, *trace.orphans]
    return next((span for span in tops if span.kind == "server" and not span.own("opea.node")), None)


def attribute_propagated(traces: Sequence[Trace]) -> Attribution:
    """Requests from the traces with an entry; the nodes' spans of the others are loose."""
    requests: list[Request] = []
    loose: list[Call] = []
    orphans = 0
    for trace in traces:
        root = entry(trace)
        if root is not None:
            requests.append(_request(trace, root))
        orphans += len([span for span in trace.orphans if span is not root])
        loose += [
            _loose(span)
            for span in (*trace.roots, *trace.orphans)
            if span.kind == "server" and span.own("opea.node")
        ]
    return Attribution(
        requests=requests,
        strategy="propagated",
        confidence=1.0 if requests else None,
        loose_calls=loose,
        orphans=orphans,
        unattributed=len(loose),
        duplicates=sum(trace.duplicates for trace in traces),
    )


@dataclass(slots=True)
class _Call:
    """A call while its tree is walked: the span that began it, and all under it."""

    node: str
    head: Span
    spans: list[Span] = field(default_factory=list)


def _request(trace: Trace, root: Span) -> Request:
    walked = _walk(trace, root)
    place = {span.span_id: position for position, (span, _) in enumerate(walked)}
    stream = next((span for span, _ in walked if span.name == STREAM), None)
    streamed_by = next((call for span, call in walked if call and _is_asyn(span)), None)
    intervals = [
        Interval(
            span.began_ns,
            span.ended_ns,
            -1 if span is root else place[span.parent_id or ""],
            call.node if call else streamed_by.node if streamed_by and span is stream else "",
        )
        for span, call in walked
    ]
    self_ns = dict(zip(place, self_times_ns(intervals), strict=True))
    heads = {id(call): call for _, call in walked if call}.values()
    calls = [_call(each, self_ns, stream if each is streamed_by else None, trace) for each in heads]
    spans = [span for span, _ in walked]
    return Request(root, root.began_ns, root.ended_ns, calls, intervals, spans)


def _walk(trace: Trace, root: Span) -> list[tuple[Span, _Call | None]]:
    """Every span under the root, parents first, each with the call that it belongs to."""
    walked: list[tuple[Span, _Call | None]] = []
    waiting: list[tuple[Span, _Call | None]] = [(root, None)]
    while waiting:
        span, call = waiting.pop()
        children = trace.children.get(span.span_id, ())
        node = _named(span, children) or ("" if call else _other_service(span, children))
        if node and span is not root and (call is None or node != call.node):
            call = _Call(node, span)
        if call is not None:
            call.spans.append(span)
        walked.append((span, call))
        waiting += [(child, call) for child in reversed(children)]
    return walked


def _named(span: Span, children: Sequence[Span]) -> str:
    if span.kind == "client":
        return span.own("opea.node")
    if span.name == EXECUTE:
        return next((node for child in children if (node := _generated(child))), "")
    return _generated(span)


def _generated(span: Span) -> str:
    found = GENERATE.fullmatch(span.name)
    return found["node"] if found else ""


def _is_asyn(span: Span) -> bool:
    found = GENERATE.fullmatch(span.name)
    return bool(found and found["asyn"])


def _other_service(span: Span, children: Sequence[Span]) -> str:
    """The service that a CLIENT span called, by what its process says it is; empty where it stayed at home."""
    if span.kind != "client":
        return ""
    called = next((each for each in children if each.kind == "server" and each.service != span.service), None)
    return (called.text("opea.node") or called.service) if called else ""


def _call(walked: _Call, self_ns: dict[str, int], stream: Span | None, trace: Trace) -> Call:
    head = walked.head
    server = next((span for span in walked.spans if span.kind == "server" and span is not head), None)
    generate = next((span for span in walked.spans if _generated(span)), None)
    exit_span = next((span for span in walked.spans if span.kind == "client" and span is not head), None)
    ended_ns = head.ended_ns if stream is None else max(head.ended_ns, stream.ended_ns)
    offsets_us = head.integers(OFFSETS) or (server.integers(OFFSETS) if server else [])
    return Call(
        node=walked.node,
        began_ns=head.began_ns,
        ended_ns=ended_ns,
        client=head,
        server=server,
        comp=head.text("opea.comp") or (server.text("opea.comp") if server else ""),
        attempt=_attempt(head),
        error=error_of(head, generate, exit_span, server),
        fault=(server.text("opea.fault") if server else "") or head.text("opea.fault"),
        streamed=bool(offsets_us) or (generate is not None and _is_asyn(generate)),
        server_ns=server.duration_ns if server else None,
        self_ns=self_ns[server.span_id] if server else None,
        first_token_ns=_first_token_ns(head, server, offsets_us, _first_token_span(stream, trace)),
        offsets_us=offsets_us,
    )


def _attempt(head: Span) -> int:
    text = head.text("opea.attempt")
    return int(text) if text.isdigit() else 1


def _first_token_span(stream: Span | None, trace: Trace) -> Span | None:
    if stream is None:
        return None
    return next((span for span in trace.children.get(stream.span_id, ()) if span.name == FIRST_TOKEN), None)


def _first_token_ns(
    head: Span, server: Span | None, offsets_us: Sequence[int], first: Span | None
) -> int | None:
    """From the call's beginning to its first token: as the caller saw it, else as the node did."""
    if first is not None:
        return first.ended_ns - head.began_ns
    for span in (head, server):
        event = span.event(FIRST_TOKEN_EVENT) if span else None
        if span is not None and event is not None:
            return event.at_ns - span.began_ns
    return offsets_us[0] * 1000 if offsets_us else None


def _loose(span: Span) -> Call:
    """A node's own view of a call that no request claims."""
    offsets_us = span.integers(OFFSETS)
    return Call(
        node=span.own("opea.node"),
        began_ns=span.began_ns,
        ended_ns=span.ended_ns,
        server=span,
        comp=span.text("opea.comp"),
        error=error_of(span),
        fault=span.text("opea.fault"),
        streamed=bool(offsets_us),
        server_ns=span.duration_ns,
        self_ns=span.duration_ns,
        first_token_ns=_first_token_ns(span, None, offsets_us, None),
        offsets_us=offsets_us,
        confidence=0.0,
    )
