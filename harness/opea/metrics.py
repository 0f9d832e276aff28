"""What Prometheus reads: OPEA's `megaservice_*` without labels, and ours by node beside them.

Names without labels follow comps/cores/mega/orchestrator.py, GenAIComps 8130a3f; unlike there a token is a token
and no chunk, whole replies count as requests too, and the buckets reach beyond ten seconds.
"""

from functools import cache
from time import monotonic

from prometheus_client import REGISTRY, Gauge, Histogram

from harness.opea.tally import NodeTallies

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 120, 300, 600)


class OrchestratorMetrics:
    """The metrics of all orchestrators of a process; Prometheus allows each name once."""

    def __init__(self) -> None:
        self.first_token_latency = Histogram(
            "megaservice_first_token_latency",
            "Seconds from the request to the first token of its stream",
            buckets=SECONDS,
        )
        self.inter_token_latency = Histogram(
            "megaservice_inter_token_latency", "Seconds between two tokens of a stream", buckets=SECONDS
        )
        self.request_latency = Histogram(
            "megaservice_request_latency",
            "Seconds of a whole request, to the end of its stream",
            buckets=SECONDS,
        )
        self.request_pending = Gauge("megaservice_request_pending", "Requests under way")
        self.nodes = NodeTallies(SECONDS)
        REGISTRY.register(self.nodes)

    def token_update(self, token_start: float, is_first: bool) -> float:  # noqa: FBT001 - OPEA's signature
        """Count a token that followed on `token_start`; gives the time for the next, in monotonic seconds."""
        now = monotonic()
        histogram = self.first_token_latency if is_first else self.inter_token_latency
        histogram.observe(now - token_start)
        return now


class Ticket:
    """One request under way: counted when it is made, taken back once, on whichever way out comes first."""

    __slots__ = ("_metrics", "_open", "began_s")

    def __init__(self, metrics: OrchestratorMetrics) -> None:
        self._metrics = metrics
        self._open = True
        self.began_s = monotonic()
        metrics.request_pending.inc()

    def done(self, *, answered: bool) -> None:
        """The request is over; only one that was answered has a latency."""
        if self._open:
            self._open = False
            self._metrics.request_pending.dec()
            if answered:
                self._metrics.request_latency.observe(monotonic() - self.began_s)

    def __del__(self) -> None:
        self.done(answered=False)


@cache
def metrics() -> OrchestratorMetrics:
    """The metrics of this process, made when first asked for."""
    return OrchestratorMetrics()
