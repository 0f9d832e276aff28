"""Latencies that a service notes about itself."""

from harness.opea.statistics import (
    SAMPLES_MAX,
    BaseStatistics,
    collect_all_statistics,
    register_statistics,
    statistics_dict,
)


def test_percentiles_and_averages_are_those_of_the_samples():
    """3, 2 and 1 have 2 in the middle and on the average."""
    statistics = BaseStatistics()
    for seconds in (3, 2, 1):
        statistics.append_latency(seconds)
    told = statistics.get_statistics()

    assert (told["p50_latency"], told["average_latency"], round(told["p99_latency"], 2)) == (2, 2, 2.98)
    assert told["p50_latency_first_token"] is None


def test_a_first_token_at_once_counts():
    """A latency of zero is a latency."""
    statistics = BaseStatistics()
    statistics.append_latency(1.0, 0.0)

    assert statistics.get_statistics()["p50_latency_first_token"] == 0.0


def test_the_newest_samples_are_kept():
    """Memory is bounded."""
    statistics = BaseStatistics()
    for seconds in range(SAMPLES_MAX + 10):
        statistics.append_latency(seconds)

    assert len(statistics.response_times) == SAMPLES_MAX
    assert min(statistics.response_times) == 10


def test_decorators_may_be_stacked():
    """Each name gets its statistics, and the function is what it was."""

    @register_statistics(names=["a@test"])
    @register_statistics(names=["b@test", "c@test"])
    def function():
        return 7

    statistics_dict["a@test"].append_latency(1.5)
    told = collect_all_statistics()
    for name in ("a@test", "b@test", "c@test"):
        del statistics_dict[name]

    assert function() == 7
    assert (told["a@test"]["p99_latency"], told["b@test"]["p99_latency"]) == (1.5, None)
