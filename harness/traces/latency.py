"""From attributed calls to figures by node: latency, errors, self time, gap, share of the critical path. Pure.

- `client`: how long the caller waited, over all attempts, for a stream to its end.
- `server`: the node's own view of each attempt; `self`: that less what it waited for itself.
- `gap`: mean of client less mean of server, over the attempts seen from both sides: connection, queues, clocks.
- `critical_share`: the node's stretches of all critical paths over the time of all requests; the orchestrator has the rest.
- A percentile is None below its floor of samples (`harness.quantiles`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean

from harness.quantiles import quantile
from harness.report import Coverage, NodeRow
from harness.traces.calls import Attribution, Call, Request
from harness.traces.critical_path import After, critical_path

COVERAGE_FLOOR = 0.99
_SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


@dataclass(slots=True)
class _Samples:
    """What was seen of one node, in nanoseconds; an `invocation` is a call with its retries."""

    invocations: list[list[Call]] = field(default_factory=list)
    path_ns: int = 0

    @property
    def attempts(self) -> list[Call]:
        return [call for invocation in self.invocations for call in invocation]


def coverage(attribution: Attribution, requests_sent: int, roots_found: int) -> Coverage:
    """How much of what was sent the traces show; the share is None where nothing was sent."""
    return Coverage(
        requests_sent=requests_sent,
        roots_found=roots_found,
        orphans=attribution.orphans,
        unattributed=attribution.unattributed,
        share=min(1.0, roots_found / requests_sent) if requests_sent else None,
    )


def suffices(covered: Coverage) -> bool:
    """Whether node figures may be given: below 99 % it is not known whom they leave out."""
    return covered.share is not None and covered.share >= COVERAGE_FLOOR


def node_rows(
    attribution: Attribution, nodes: Sequence[str] = (), after: After | None = None
) -> list[NodeRow]:
    """One row a node: those named first, in that order, then others as they were met.

    `after` is the graph (each node and what it comes after); with it the critical path follows the graph.
    """
    samples: dict[str, _Samples] = {node: _Samples() for node in nodes}
    total_ns = 0
    for request in attribution.requests:
        for invocation in _invocations(request.calls):
            samples.setdefault(invocation[0].node, _Samples()).invocations.append(invocation)
        for node, path_ns in path_by_node_ns(request, after).items():
            if node:
                samples.setdefault(node, _Samples()).path_ns += path_ns
        total_ns += request.duration_ns
    return [_row(node, each, attribution, total_ns) for node, each in samples.items()]


def path_by_node_ns(request: Request, after: After | None = None) -> Mapping[str, int]:
    """How much of a request's critical path is whose; the orchestrator's own is under an empty name."""
    by_node: dict[str, int] = defaultdict(int)
    for segment in critical_path(request.intervals, after):
        by_node[request.intervals[segment.index].label] += segment.duration_ns
    return by_node


def _invocations(calls: Iterable[Call]) -> list[list[Call]]:
    """Attempts that belong together; where attempts are not numbered, one request calls a node once."""
    found: list[list[Call]] = []
    latest: dict[str, list[Call]] = {}
    for call in sorted(calls, key=lambda call: call.began_ns):
        known = latest.get(call.node)
        numbered = call.client is not None and call.client.text("opea.attempt") != ""
        if known is None or (numbered and call.attempt == 1):
            known = latest[call.node] = []
            found.append(known)
        known.append(call)
    return found


def _row(node: str, samples: _Samples, attribution: Attribution, total_ns: int) -> NodeRow:
    attempts = samples.attempts
    ended = [invocation[-1] for invocation in samples.invocations]
    figures = {
        **_quantiles("client_ms", _waits_ns(samples.invocations)),
        **_quantiles("server_ms", _known(call.server_ns for call in attempts)),
        **_quantiles("self_ms", _known(call.self_ns for call in attempts)),
        **_quantiles("ttft_ms", _known(call.first_token_ns for call in ended)),
        **_quantiles("itl_ms", [1000 * (b - a) for call in ended for a, b in pairwise(call.offsets_us)]),
    }
    return NodeRow.model_validate(
        {
            "node": node,
            "comp": next((call.comp for call in attempts if call.comp), ""),
            "calls": len(samples.invocations),
            "errors": sum(bool(call.error) for call in ended),
            "attempts": len(attempts),
            **figures,
            "gap_ms_mean": gap_ms_mean(attempts),
            "critical_share": samples.path_ns / total_ns if total_ns and attempts else None,
            "strategy": attribution.strategy,
            "confidence": _confidence(attribution, attempts),
        }
    )


def _confidence(attribution: Attribution, attempts: Sequence[Call]) -> float | None:
    if not attempts or attribution.strategy == "none":
        return None
    return fmean(call.confidence for call in attempts)


def gap_ms_mean(attempts: Iterable[Call]) -> float | None:
    """Mean wait of the callers less mean work of the called, over those seen from both sides."""
    both = [
        (call.client_ns, call.server_ns)
        for call in attempts
        if call.client_ns is not None and call.server_ns is not None
    ]
    if not both:
        return None
    return (sum(client for client, _ in both) - sum(server for _, server in both)) / len(both) / 1e6


def _waits_ns(invocations: Iterable[Sequence[Call]]) -> list[int]:
    return [
        invocation[-1].ended_ns - invocation[0].began_ns
        for invocation in invocations
        if invocation[0].client is not None
    ]


def _known(values: Iterable[int | None]) -> list[int]:
    return [value for value in values if value is not None]


def _quantiles(name: str, values_ns: Sequence[int]) -> dict[str, float | None]:
    values_ms = [value_ns / 1e6 for value_ns in values_ns]
    return {f"{name}_{label}": quantile(values_ms, share) for label, share in _SHARES.items()}
