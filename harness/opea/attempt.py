"""One attempt to call a node: its span, its metrics, and the problem it ends in if it fails."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic_ns
from typing import Any

from harness.client import Client, ClientError, Limits
from harness.opea.hop import Hop
from harness.opea.metrics import metrics
from harness.opea.payload import BadReplyError
from harness.opea.policy import RetryBudget, limits_within
from harness.opea.problems import Failure, Problem, ProblemKind, shown, status_for, status_of
from harness.opea.telemetry import Scope
from harness.traces.emit import Span

OFFSETS_MAX = 4096  # Of a longer stream a span keeps the first tokens' times.


@dataclass(frozen=True, slots=True)
class Caller:
    """What all calls of one request share; `first` is what the caller of the megaservice sent, as plain data, to the nodes `entries`."""

    client: Client
    scope: Scope
    deadline_ns: int
    budget_s: float
    retries: RetryBudget
    first: Any
    entries: frozenset[str] = frozenset()


class Attempt:
    """One request to a node; ended exactly once, as answered or as a problem."""

    __slots__ = ("_hop", "_number", "_span", "_token_ns", "began_ns", "caller", "limits", "trace")

    def __init__(self, caller: Caller, hop: Hop, number: int) -> None:
        self.caller = caller
        self._hop = hop
        self._number = number
        self.began_ns = monotonic_ns()
        limits = limits_within(hop.policy.limits, caller.deadline_ns)
        tracer = caller.scope.tracer
        self._span: Span | None = None
        self._token_ns: Sequence[int] | None = None
        if tracer is not None:
            self._span = tracer.start(
                f"POST {hop.service.endpoint}", "client", caller.scope.context, self.began_ns
            )
            self._span.set("opea.node", hop.name)
            self._span.set("opea.comp", hop.policy.comp)
            self._span.set("opea.attempt", number)
            self._span.set("http.request.method", "POST")
        context = self._span.context if self._span else caller.scope.context
        self.trace = [("traceparent", context.traceparent)]
        if caller.scope.tracestate:
            self.trace.append(("tracestate", caller.scope.tracestate))
        if limits is None:
            words = f"the request's budget of {caller.budget_s:g} s was used up before the node was called"
            raise self.failed("total_timeout", words)
        self.limits: Limits = limits

    def note(self, key: str, value: str | int | list[int]) -> None:
        """Set an attribute of the span."""
        if self._span is not None:
            self._span.set(key, value)

    def counts(self, token_ns: Sequence[int]) -> None:
        """When each token came, as far as they have; read at the end."""
        self._token_ns = token_ns

    def answered(self, status: int, ended_ns: int) -> None:
        """The node answered rightly."""
        self.note("http.response.status_code", status)
        self._end(ended_ns, "ok")

    def left(self) -> None:
        """Nobody waits for the answer any more."""
        self._end(monotonic_ns(), "cancelled")

    def broken(self, error: ClientError) -> Problem:
        """There was no whole reply."""
        return self.failed(error.kind, error.words, expected="a whole reply", actual=error.words)

    def unreadable(self, error: BadReplyError, status: int) -> Problem:
        """There was a reply, but not what was expected."""
        self.note("http.response.status_code", status)
        return self.failed(
            error.kind, str(error), expected=error.expected, actual=error.actual, upstream_status=status
        )

    def refused(self, status: int, body: bytes, retry_after: str | None, sent: Any) -> Problem:
        """The node answered with an error status."""
        self.note("http.response.status_code", status)
        kind: ProblemKind = "upstream_5xx" if status >= 500 else "upstream_4xx"
        is_callers_own = self._hop.key in self.caller.entries and sent == self.caller.first
        passed_on = status_for(status, body, is_callers_own=is_callers_own)
        said = f"status {status}: {shown(body)}" if body else f"status {status}, without a word"
        return self.failed(
            kind,
            f"answered with {said}",
            status=passed_on,
            expected="status 200",
            actual=said,
            upstream_status=status,
            retry_after=(retry_after or "1") if passed_on in (429, 503) else None,
        )

    def failed(self, kind: ProblemKind, detail: str, **known: Any) -> Problem:
        """End as a problem of this kind."""
        ended_ns = monotonic_ns()
        self._end(ended_ns, kind)
        known.setdefault("status", status_of(kind))
        failure = Failure(
            node=self._hop.name,
            kind=kind,
            detail=detail,
            attempt=self._number,
            elapsed_ms=(ended_ns - self.began_ns) / 1e6,
            request_id=self.caller.scope.request_id,
            **known,
        )
        return Problem(failure)

    def _end(self, ended_ns: int, outcome: str) -> None:
        span, self._span = self._span, None
        if self._token_ns is not None:
            self._tell_tokens(span, self._token_ns)
        if span is not None:
            if outcome != "ok":
                span.set("error.type", outcome)
            span.end(ended_ns, None if outcome == "ok" else outcome)
        metrics().nodes.of(self._hop.name).done(outcome, (ended_ns - self.began_ns) / 1e9)

    def _tell_tokens(self, span: Span | None, token_ns: Sequence[int]) -> None:
        tally = metrics().nodes.of(self._hop.name)
        tally.tokens += len(token_ns)
        if token_ns:
            tally.first_token.observe((token_ns[0] - self.began_ns) / 1e9)
        if span is not None:
            span.set("opea.token_offsets_us", [(at - self.began_ns) // 1000 for at in token_ns[:OFFSETS_MAX]])
            if token_ns:
                span.event("gen_ai.first_token", token_ns[0])
