"""The spans of real opea-comps: what they are called, and which node each means. Pure.

Names are those of GenAIComps `comps/cores/mega/orchestrator.py` (commit 8130a3f): under `schedule` one `execute` for
each node, whose child `{node}/MicroService_generate` (`_asyn_generate` for a stream) holds the node's name. Nothing is
handed on over HTTP: a node's own handler and the stream of the answer are traces of their own, joined by time alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from harness.traces.calls import UNKNOWN_NODE, Attribution, Call, Request, error_of
from harness.traces.critical_path import Interval, self_times_ns
from harness.traces.pairing import pair_after, pair_in_order
from harness.traces.span import Span, Trace

SCHEDULE = "ServiceOrchestrator.schedule"
EXECUTE = "ServiceOrchestrator.execute"
STREAM = "llm_generate_stream"
FIRST_TOKEN = "llm_generate_stream_first_token"  # noqa: S105 - a span's name, no secret.
GENERATE = re.compile(r"(?P<node>.+)/MicroService_(?P<asyn>asyn_)?generate")
SURE_ENOUGH = 0.8  # Measured: right pairings are contained to 1.0, wrong ones to at most 0.55.

NO_NAMES = (
    "spans name no node, because TELEMETRY_ENDPOINT was set but empty where the megaservice runs; "
    "set it to the whole address of /v1/traces"
)
NO_STATUS = "spans of opea-comps carry no HTTP status: a node's 4xx answer is not to be seen in them"
UNSURE_STREAMS = (
    "streams are joined to their requests by order of time only, and several were waiting at once"
)


def is_request(trace: Trace) -> bool:
    """Whether a trace is that of one request of an opea-comps megaservice without handed-on context."""
    return any(span.name == SCHEDULE for span in trace.roots)


def attribute_opea(traces: Sequence[Trace]) -> Attribution:
    """Requests from the `schedule` traces, with handlers and streams joined to them by time."""
    scheduled = [trace for trace in traces if is_request(trace)]
    others = [trace for trace in traces if not is_request(trace)]
    requests = [_request(trace) for trace in scheduled]
    named = any(call.node != UNKNOWN_NODE for request in requests for call in request.calls)
    if not named:
        warnings = [NO_NAMES] if any(request.calls for request in requests) else []
        loose = len({trace.trace_id for trace in others})
        return Attribution(requests, "none", None, (), _orphans(traces), loose, _duplicates(traces), warnings)
    requests, loose_handlers, handler_confidence = _with_handlers(requests, _handlers(others))
    requests, loose_streams, stream_confidence = _with_streams(requests, _streams(others))
    confidences = [*handler_confidence.values(), *([] if stream_confidence is None else [stream_confidence])]
    unsure = stream_confidence is not None and stream_confidence < 0.9
    return Attribution(
        requests,
        "fifo",
        min(confidences, default=1.0),
        (),
        _orphans(traces),
        loose_handlers + loose_streams,
        _duplicates(traces),
        [NO_STATUS, *([UNSURE_STREAMS] if unsure else [])],
    )


def _orphans(traces: Sequence[Trace]) -> int:
    return sum(len(trace.orphans) for trace in traces)


def _duplicates(traces: Sequence[Trace]) -> int:
    return sum(trace.duplicates for trace in traces)


def _request(trace: Trace) -> Request:
    root = next(span for span in trace.roots if span.name == SCHEDULE)
    executes = [span for span in trace.children.get(root.span_id, ()) if span.name == EXECUTE]
    calls = [_call(execute, trace) for execute in executes]
    return _assembled(root, calls)


def _call(execute: Span, trace: Trace) -> Call:
    for generate in trace.children.get(execute.span_id, ()):
        found = GENERATE.fullmatch(generate.name)
        if found:
            return Call(
                node=found["node"],
                began_ns=execute.began_ns,
                ended_ns=execute.ended_ns,
                client=generate,
                error=error_of(generate, execute),
                streamed=bool(found["asyn"]),
            )
    return Call(UNKNOWN_NODE, execute.began_ns, execute.ended_ns, client=execute, error=error_of(execute))


def _assembled(root: Span, calls: Sequence[Call]) -> Request:
    ended_ns = max([root.ended_ns, *(call.ended_ns for call in calls)])
    intervals = [
        Interval(root.began_ns, ended_ns, -1),
        *(Interval(call.began_ns, call.ended_ns, 0, call.node) for call in calls),
    ]
    spans = [root, *(call.client or root for call in calls)]
    return Request(root, root.began_ns, ended_ns, calls, intervals, spans)


def _handlers(traces: Sequence[Trace]) -> Mapping[str, list[Trace]]:
    """Traces that begin in a node's own handler, by the node it says it is, else by the handler's name."""
    found: dict[str, list[Trace]] = {}
    for trace in traces:
        for root in trace.roots[:1]:
            # An async generator's span ends when it is made, not when it has run.
            if root.name not in (STREAM, FIRST_TOKEN) and not root.name.endswith("stream_generator"):
                found.setdefault(root.text("opea.node") or root.name, []).append(trace)
    return found


_Place = tuple[int, int]  # Number of a request and of a call in it.


def _with_handlers(
    requests: Sequence[Request], handlers: Mapping[str, Sequence[Trace]]
) -> tuple[list[Request], int, dict[str, float]]:
    """The requests with each call's own view, how many handlers found no call, and the confidence by node."""
    places: dict[str, list[_Place]] = {}
    for number, request in enumerate(requests):
        for position, call in enumerate(request.calls):
            places.setdefault(call.node, []).append((number, position))
    calls = [list(request.calls) for request in requests]
    for held in places.values():
        held.sort(key=lambda place: _caller(calls, place).began_ns)
    confidence: dict[str, float] = {}
    loose = 0
    for name, traces in handlers.items():
        spans = [trace.roots[0] for trace in traces]
        node, pairs, sure = _node_of(
            name, spans, {node: [_caller(calls, p) for p in held] for node, held in places.items()}
        )
        loose += len(spans) - len(pairs)
        if node:
            confidence[node] = sure
        for caller, called in pairs:
            number, position = places[node][caller]
            calls[number][position] = _seen_from_itself(calls[number][position], traces[called], sure)
    return (
        [_assembled(each.root, held) for each, held in zip(requests, calls, strict=True)],
        loose,
        confidence,
    )


def _caller(calls: Sequence[Sequence[Call]], place: _Place) -> Span:
    client = calls[place[0]][place[1]].client
    assert client is not None  # Every call here was made of its client span.
    return client


def _node_of(
    name: str, handlers: Sequence[Span], callers: Mapping[str, Sequence[Span]]
) -> tuple[str, Sequence[tuple[int, int]], float]:
    """The node that a group of handlers belongs to: the one so named, else the one whose calls contain them."""
    candidates = {name: callers[name]} if name in callers else callers
    best: tuple[str, Sequence[tuple[int, int]], float] = ("", (), 0.0)
    for node, spans in candidates.items():
        paired = pair_in_order(spans, handlers)
        sure = paired.confidence
        # It says so itself, and a stream outlives its caller's span.
        if node == name and handlers[0].kind == "server":
            sure = len(paired.pairs) / len(handlers)
        if sure > best[2]:
            best = (node, paired.pairs, sure)
    return best if best[2] >= SURE_ENOUGH else ("", (), 0.0)


def _seen_from_itself(call: Call, trace: Trace, sure: float) -> Call:
    """The call with the node's own view of it.

    A decorated handler of a stream ends before the stream begins, so its time says nothing; a server's span lasts.
    """
    handler = trace.roots[0]
    seen = replace(call, server=handler, error=call.error or error_of(handler), confidence=sure)
    if call.streamed and handler.kind != "server":
        return seen
    children = [Interval(each.began_ns, each.ended_ns, 0) for each in trace.children.get(handler.span_id, ())]
    own_ns = self_times_ns([Interval(handler.began_ns, handler.ended_ns, -1), *children])[0]
    return replace(seen, server_ns=handler.duration_ns, self_ns=own_ns, fault=handler.text("opea.fault"))


@dataclass(frozen=True, slots=True)
class _Stream:
    """The answer's stream; `ended_ns` is None where its span never came, as when the caller left."""

    began_ns: int
    ended_ns: int | None
    first_token_ns: int | None


def _streams(traces: Sequence[Trace]) -> list[_Stream]:
    found = []
    for trace in traces:
        whole = next((span for span in trace.roots if span.name == STREAM), None)
        first = next((span for span in trace.spans if span.name == FIRST_TOKEN), None)
        if whole or first:
            began_ns = min(span.began_ns for span in (whole, first) if span)
            ended_ns = whole.ended_ns if whole else None
            found.append(_Stream(began_ns, ended_ns, first.ended_ns if first else None))
    return sorted(found, key=lambda stream: stream.began_ns)


def _with_streams(
    requests: Sequence[Request], streams: Sequence[_Stream]
) -> tuple[list[Request], int, float | None]:
    """The requests with each stream's end, how many streams found no request, and the confidence."""
    waiting = sorted(
        (request.root.ended_ns, number, position)
        for number, request in enumerate(requests)
        for position, call in enumerate(request.calls)
        if call.streamed and not call.error
    )
    if not waiting and not streams:
        return list(requests), 0, None
    joined = list(requests)
    paired = pair_after([ended_ns for ended_ns, _, _ in waiting], [stream.began_ns for stream in streams])
    for place, number in paired.pairs:
        _, at, position = waiting[place]
        calls = list(joined[at].calls)
        calls[position] = _streaming(calls[position], streams[number], paired.confidence)
        joined[at] = _assembled(joined[at].root, calls)
    unpaired = set(range(len(waiting))) - {place for place, _ in paired.pairs}
    for place in unpaired:  # The LLM was called, but nothing was ever streamed.
        _, at, position = waiting[place]
        calls = list(joined[at].calls)
        calls[position] = replace(calls[position], error="no_stream")
        joined[at] = _assembled(joined[at].root, calls)
    return joined, len(streams) - len(paired.pairs), paired.confidence


def _streaming(call: Call, stream: _Stream, sure: float) -> Call:
    assert call.client is not None
    first_ns = None if stream.first_token_ns is None else stream.first_token_ns - call.client.began_ns
    return replace(
        call,
        ended_ns=max(call.ended_ns, stream.ended_ns or stream.first_token_ns or 0),
        first_token_ns=first_ns,
        confidence=min(sure, call.confidence),
    )
