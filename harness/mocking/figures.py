"""What a mock counts about itself, and how OPEA's statistics and metrics pages show it."""

from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric, SummaryMetricFamily

KEPT = 8192
BUCKETS_S = (0.1, 0.5, 1.0)  # prometheus-fastapi-instrumentator's, which OPEA mounts.
HIGH_BUCKETS_S = (
    *(0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 7.5),
    *(10.0, 30.0, 60.0),
)


@dataclass(slots=True)
class Histogram:
    """Counts by upper bound, and their sum."""

    bounds: tuple[float, ...]
    counts: list[int] = field(default_factory=list)
    total: float = 0.0

    def add(self, value: float) -> None:
        """Count one value."""
        if not self.counts:
            self.counts = [0] * (len(self.bounds) + 1)
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def buckets(self) -> list[tuple[str, float]]:
        """Cumulative counts by upper bound, as Prometheus wants them."""
        rows, so_far = [], 0
        counts = self.counts or [0] * (len(self.bounds) + 1)
        for bound, count in zip((*map(str, self.bounds), "+Inf"), counts, strict=True):
            so_far += count
            rows.append((bound, float(so_far)))
        return rows


@dataclass(slots=True, eq=False)
class Figures:
    """Counters of one mock. Times in seconds, as OPEA shows them."""

    requests: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    request_bytes: Counter[str] = field(default_factory=Counter)
    reply_bytes: Counter[str] = field(default_factory=Counter)
    unknown_fields: Counter[str] = field(default_factory=Counter)
    durations: dict[tuple[str, str], Histogram] = field(default_factory=dict)
    all_durations: Histogram = field(default_factory=lambda: Histogram(HIGH_BUCKETS_S))
    latencies_s: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    first_tokens_s: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one exchange; `route` is the route's own path, or `none`."""
        self.requests[route, method, f"{status // 100}xx"] += 1
        if (route, method) not in self.durations:
            self.durations[route, method] = Histogram(BUCKETS_S)
        self.durations[route, method].add(seconds)
        self.all_durations.add(seconds)

    def statistics(self) -> dict[str, float | None]:
        """OPEA's six figures; None until there was a success."""
        return {**_three("", self.latencies_s), **_three("_first_token", self.first_tokens_s)}

    def exposition(self) -> bytes:
        """The page of `/metrics`."""
        registry = CollectorRegistry()
        GCCollector(registry=registry)
        PlatformCollector(registry=registry)
        ProcessCollector(registry=registry)
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """The families that prometheus-fastapi-instrumentator has, by its names."""
        requests = CounterMetricFamily(
            "http_requests", "Requests by method, status and handler", labels=("handler", "method", "status")
        )
        for (route, method, status), count in self.requests.items():
            requests.add_metric((route, method, status), count)
        yield requests
        for name, sizes in (("request", self.request_bytes), ("response", self.reply_bytes)):
            family = SummaryMetricFamily(f"http_{name}_size_bytes", f"Bytes of {name}s", labels=("handler",))
            for route, size in sizes.items():
                family.add_metric((route,), self._times(route), size)
            yield family
        durations = HistogramMetricFamily(
            "http_request_duration_seconds", "Seconds by handler", labels=("handler", "method")
        )
        for (route, method), histogram in self.durations.items():
            durations.add_metric((route, method), histogram.buckets(), histogram.total)
        yield durations
        every = HistogramMetricFamily("http_request_duration_highr_seconds", "Seconds of all requests")
        every.add_metric((), self.all_durations.buckets(), self.all_durations.total)
        yield every

    def _times(self, route: str) -> int:
        return sum(count for (handler, _, _), count in self.requests.items() if handler == route)


def _three(suffix: str, seconds: deque[float]) -> dict[str, float | None]:
    if not seconds:
        return {f"{name}_latency{suffix}": None for name in ("p50", "p99", "average")}
    ordered = sorted(seconds)
    return {
        f"p50_latency{suffix}": ordered[int(0.5 * (len(ordered) - 1))],
        f"p99_latency{suffix}": ordered[int(0.99 * (len(ordered) - 1))],
        f"average_latency{suffix}": sum(ordered) / len(ordered),
    }
