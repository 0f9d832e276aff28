"""Latencies that a service notes about itself, shown at `/v1/statistics`.

Names follow comps/cores/mega/base_statistics.py, GenAIComps 8130a3f; unlike there the lists are bounded, and a
first token latency of 0 counts.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

SAMPLES_MAX = 65_536  # The newest are kept; about half a megabyte a name.

AnyCallable = TypeVar("AnyCallable", bound=Callable[..., Any])


class BaseStatistics:
    """The newest latencies of one service, in seconds."""

    def __init__(self) -> None:
        self.response_times: deque[float] = deque(maxlen=SAMPLES_MAX)
        self.first_token_latencies: deque[float] = deque(maxlen=SAMPLES_MAX)

    def append_latency(self, latency: float, first_token_latency: float | None = None) -> None:
        """Note one request, in seconds."""
        self.response_times.append(latency)
        if first_token_latency is not None:
            self.first_token_latencies.append(first_token_latency)

    def get_statistics(self) -> dict[str, float | None]:
        """p50, p99 and average of both, in seconds; None where there is no sample."""
        result: dict[str, float | None] = {}
        for name, samples in (
            ("latency", self.response_times),
            ("latency_first_token", self.first_token_latencies),
        ):
            ordered = sorted(samples)
            result[f"p50_{name}"] = _percentile(ordered, 0.50)
            result[f"p99_{name}"] = _percentile(ordered, 0.99)
            result[f"average_{name}"] = sum(ordered) / len(ordered) if ordered else None
        return result


statistics_dict: dict[str, BaseStatistics] = {}


def register_statistics(names: Iterable[str]) -> Callable[[AnyCallable], AnyCallable]:
    """Decorate a service's function to have statistics under these names."""

    def registered(function: AnyCallable) -> AnyCallable:
        for name in names:
            statistics_dict[name] = BaseStatistics()
        return function

    return registered


def collect_all_statistics() -> dict[str, dict[str, float | None]]:
    """The statistics of every name in this process."""
    return {name: statistics.get_statistics() for name, statistics in statistics_dict.items()}


def _percentile(ordered: Sequence[float], share: float) -> float | None:
    """The value at a share of an ordered list, between two neighbours in proportion."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
