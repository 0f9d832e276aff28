"""What Prometheus reads: OPEA's `megaservice_*` without labels, and ours by node beside them.

Names without labels follow comps/cores/mega/orchestrator.py, GenAIComps 8130a3f; unlike there a token is a token
and no chunk, whole replies count as requests too, and the buckets reach beyond ten seconds.
"""

from collections.abc import Iterable
from functools import cache
from threading import Lock
from time import monotonic

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from harness.opea.tally import NodeTallies, Times, histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 120, 300, 600)


class OrchestratorMetrics(Collector):
    """The metrics of all orchestrators of a process; Prometheus allows each name once."""

    def __init__(self) -> None:
        self.first_token_latency = Times(SECONDS)
        self.inter_token_latency = Times(SECONDS)
        self.request_latency = Times(SECONDS)
        self.nodes = NodeTallies(SECONDS)
        self._lock = Lock()
        self.pending = 0

    def token_update(self, token_start: float, is_first: bool) -> float:  # noqa: FBT001 - OPEA's signature
        """Count a token that followed on `token_start`; gives the time for the next, in monotonic seconds."""
        now = monotonic()
        times = self.first_token_latency if is_first else self.inter_token_latency
        times.observe(now - token_start)
        return now

    def pending_by(self, change: int) -> None:
        """So many requests more, or fewer, are under way."""
        with self._lock:
            self.pending += change

    def collect(self) -> Iterable[Metric]:
        """The families, as Prometheus asks for them."""
        says = "Requests under way"
        yield GaugeMetricFamily("megaservice_request_pending", says, value=self.pending)
        for name, says, times in (
            ("first_token", "Seconds from the request to the first token", self.first_token_latency),
            ("inter_token", "Seconds between two tokens of a stream", self.inter_token_latency),
            ("request", "Seconds of a whole request, to the end of its stream", self.request_latency),
        ):
            yield histogram(f"megaservice_{name}_latency", says, {"": times})
        yield from self.nodes.collect()


class Ticket:
    """One request under way: counted when it is made, taken back once, on whichever way out comes first."""

    __slots__ = ("_metrics", "_open", "began_s")

    def __init__(self, metrics: OrchestratorMetrics) -> None:
        self._metrics = metrics
        self._open = True
        self.began_s = monotonic()
        metrics.pending_by(1)

    def done(self, *, answered: bool) -> None:
        """The request is over; only one that was answered has a latency."""
        if self._open:
            self._open = False
            self._metrics.pending_by(-1)
            if answered:
                self._metrics.request_latency.observe(monotonic() - self.began_s)

    def __del__(self) -> None:
        self.done(answered=False)


@cache
def metrics() -> OrchestratorMetrics:
    """The metrics of this process, made and shown to Prometheus when first asked for."""
    made = OrchestratorMetrics()
    REGISTRY.register(made)
    return made
