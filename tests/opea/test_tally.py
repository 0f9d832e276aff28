"""Counts and times by node."""

from prometheus_client import CollectorRegistry, generate_latest

from harness.opea.tally import NodeTallies, Times


def told(tallies):
    registry = CollectorRegistry()
    registry.register(tallies)
    return generate_latest(registry).decode().splitlines()


def test_times_fall_into_their_buckets():
    """A bound includes itself; what is above all is counted too."""
    times = Times((0.1, 1.0))
    for seconds in (0.05, 0.1, 0.5, 7.0):
        times.observe(seconds)

    assert times.buckets() == [("0.1", 2), ("1.0", 3), ("+Inf", 4)]
    assert round(times.total_s, 3) == 7.65


def test_nodes_are_families_that_prometheus_reads():
    """Calls by outcome, seconds as a histogram, tokens as a count."""
    tallies = NodeTallies((0.1, 1.0))
    tallies.of("llm").done("ok", 0.05)
    tallies.of("llm").done("refused", 2.0)
    tallies.of("llm").first_token.observe(0.5)
    tallies.of("llm").tokens += 3
    lines = told(tallies)

    for line in (
        'opea_node_calls_total{node="llm",outcome="ok"} 1.0',
        'opea_node_calls_total{node="llm",outcome="refused"} 1.0',
        'opea_node_tokens_total{node="llm"} 3.0',
        'opea_node_latency_seconds_bucket{le="0.1",node="llm"} 1.0',
        'opea_node_latency_seconds_bucket{le="+Inf",node="llm"} 2.0',
        'opea_node_latency_seconds_sum{node="llm"} 2.05',
        'opea_node_first_token_seconds_count{node="llm"} 1.0',
    ):
        assert line in lines


def test_a_node_keeps_its_tally():
    """It is made once."""
    tallies = NodeTallies((1.0,))

    assert tallies.of("a") is tallies.of("a")
    assert tallies.of("a") is not tallies.of("b")
