"""Counts and times by node, kept as plain numbers: what is counted on each call must cost next to nothing.

Prometheus' own classes take a lock and walk their buckets; these are turned into its families when it asks.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric


class Times:
    """How many seconds something took, as a histogram."""

    __slots__ = ("_bounds", "counts", "total_s")

    def __init__(self, bounds_s: tuple[float, ...]) -> None:
        self._bounds = bounds_s
        self.counts = [0] * (len(bounds_s) + 1)
        self.total_s = 0.0

    def observe(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(self._bounds, seconds)] += 1
        self.total_s += seconds

    def buckets(self) -> list[tuple[str, int]]:
        """Each bound and how many took at most so long."""
        told, sum_so_far = [], 0
        for bound, count in zip((*self._bounds, float("inf")), self.counts, strict=True):
            sum_so_far += count
            told.append(("+Inf" if bound == float("inf") else str(float(bound)), sum_so_far))
        return told


class NodeTally:
    """What is counted of one node."""

    __slots__ = ("calls", "first_token", "latency", "tokens")

    def __init__(self, bounds_s: tuple[float, ...]) -> None:
        self.calls: dict[str, int] = {}
        self.latency = Times(bounds_s)
        self.first_token = Times(bounds_s)
        self.tokens = 0

    def done(self, outcome: str, seconds: float) -> None:
        """Count one call; `outcome` is `ok` or the kind of its problem."""
        self.calls[outcome] = self.calls.get(outcome, 0) + 1
        self.latency.observe(seconds)


class NodeTallies:
    """The tallies of all nodes of a process, by name."""

    def __init__(self, bounds_s: tuple[float, ...]) -> None:
        self._bounds = bounds_s
        self._nodes: dict[str, NodeTally] = {}

    def of(self, node: str) -> NodeTally:
        """One node's tally."""
        tally = self._nodes.get(node)
        if tally is None:
            tally = self._nodes[node] = NodeTally(self._bounds)
        return tally

    def collect(self) -> Iterable[Metric]:
        """The families, as Prometheus asks for them."""
        calls = CounterMetricFamily(
            "opea_node_calls", "Calls of a node by outcome", labels=["node", "outcome"]
        )
        tokens = CounterMetricFamily("opea_node_tokens", "Tokens that a node streamed", labels=["node"])
        for node, tally in sorted(self._nodes.items()):
            tokens.add_metric([node], tally.tokens)
            for outcome, count in sorted(tally.calls.items()):
                calls.add_metric([node, outcome], count)
        yield calls
        yield tokens
        latency = {node: tally.latency for node, tally in self._nodes.items()}
        first = {node: tally.first_token for node, tally in self._nodes.items() if tally.tokens}
        yield histogram("opea_node_latency_seconds", "Seconds of a call of a node", latency)
        yield histogram("opea_node_first_token_seconds", "Seconds to a node's first token", first)


def histogram(name: str, says: str, times: Mapping[str, Times]) -> Metric:
    """A family of histograms by node; under the key "" one without labels."""
    family = HistogramMetricFamily(name, says, labels=[] if "" in times else ["node"])
    for node, each in sorted(times.items()):
        family.add_metric([node] if node else [], buckets=each.buckets(), sum_value=each.total_s)
    return family
