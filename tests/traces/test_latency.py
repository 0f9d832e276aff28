"""Figures by node, from known calls."""

import random

import numpy as np
import pytest

from harness.traces.calls import Attribution, Call, Request
from harness.traces.critical_path import Interval
from harness.traces.latency import (
    coverage,
    gap_ms_mean,
    node_rows,
    path_by_node_ns,
    suffices,
)
from harness.traces.span import Span

MS = 10**6


def span(began=0, ended=100, **more):
    return Span("a" * 32, "b" * 16, None, "x", "client", began * MS, ended * MS, **more)


def request(*calls, total=100, extra=()):
    intervals = [
        Interval(0, total * MS, -1),
        *(Interval(c.began_ns, c.ended_ns, 0, c.node) for c in calls),
        *extra,
    ]
    return Request(span(0, total), 0, total * MS, calls, intervals, ())


def call(node, began, ended, **more):
    return Call(node, began * MS, ended * MS, client=span(began, ended), **more)


def attributed(*requests, strategy="propagated"):
    return Attribution(requests, strategy, 1.0)


def test_shares_of_the_path_sum_to_one():
    """The nodes' and the orchestrator's together are everything."""
    requests = [request(call("a", 0, 30), call("b", 40, 90)), request(call("a", 10, 80))]

    rows = node_rows(attributed(*requests))
    own_ns = sum(path_by_node_ns(each)[""] for each in requests)

    assert [row.critical_share for row in rows] == [0.5, 0.25]
    assert own_ns / sum(each.duration_ns for each in requests) == 0.25


def test_the_graph_may_decide_the_path():
    """A branch that nobody waited for has no share where the graph says what waited for what."""
    made = request(call("a", 0, 50), call("x", 20, 53), call("b", 55, 100))
    after = {"b": frozenset({"a"})}

    assert path_by_node_ns(made, after)["a"] == 50 * MS
    assert path_by_node_ns(made)["x"] == 33 * MS


def test_percentiles_are_exact_and_have_floors():
    """As numpy's inverted distribution function gives them; None where there are too few."""
    rng = random.Random(5)
    waits = [rng.randint(1, 500) for _ in range(300)]
    rows = [
        node_rows(attributed(*(request(call("a", 0, w), total=600) for w in waits[:n])))[0]
        for n in (4, 58, 300)
    ]

    assert [
        (row.client_ms_p50 is None, row.client_ms_p95 is None, row.client_ms_p99 is None) for row in rows
    ] == [
        (True, True, True),
        (False, True, True),
        (False, False, False),
    ]
    assert rows[2].client_ms_p99 == np.quantile(waits, 0.99, method="inverted_cdf")


def test_the_gap_is_of_those_seen_from_both_sides():
    """A refused call has no other side and does not shift the mean."""
    calls = [call("a", 0, 20, server_ns=15 * MS), call("a", 0, 30, server_ns=20 * MS), call("a", 0, 500)]

    assert gap_ms_mean(calls) == 7.5
    assert gap_ms_mean(calls[2:]) is None


def test_time_between_tokens_is_pooled_over_streams():
    """Each stream's gaps count, the pause between two streams does not."""
    requests = [
        request(call("llm", 0, 90, streamed=True, offsets_us=[1000, 3000, 5000, 9000])) for _ in range(3)
    ]

    (row,) = node_rows(attributed(*requests))

    assert row.itl_ms_p50 == 2.0


def test_an_error_counts_where_the_last_attempt_failed():
    """Calls, not attempts."""
    requests = [request(call("a", 0, 5, error="refused")), request(call("a", 0, 5))]

    (row,) = node_rows(attributed(*requests))

    assert (row.calls, row.errors, row.attempts) == (2, 1, 2)


def test_nodes_stand_in_the_graphs_order():
    """Those asked for come first, with a row even without a call; others follow."""
    rows = node_rows(attributed(request(call("b", 0, 5), call("a", 6, 9))), ["a", "c"])

    assert [(row.node, row.calls, row.critical_share) for row in rows] == [
        ("a", 1, 0.03),
        ("c", 0, None),
        ("b", 1, 0.05),
    ]


@pytest.mark.parametrize(
    ("sent", "found", "share", "enough"),
    [
        (100, 100, 1.0, True),
        (100, 99, 0.99, True),
        (100, 98, 0.98, False),
        (0, 0, None, False),
        (10, 12, 1.0, True),
    ],
)
def test_coverage_has_its_floor(sent, found, share, enough):
    """At 99 % figures are given, below not, and nothing sent is nothing known."""
    covered = coverage(attributed(), sent, found)

    assert (covered.share, suffices(covered)) == (share, enough)


@pytest.mark.parametrize("seed", range(100))
def test_a_slowed_node_has_the_largest_share(seed):
    """Of five alike in a chain, the one made 20 ms slower leads by its share of the critical path."""
    rng = random.Random(seed)
    slow = rng.choice("abcde")
    requests = []
    for _ in range(30):
        clock, calls = 0, []
        for node in "abcde":
            length = rng.randint(10, 20) + (20 if node == slow else 0)
            calls.append(call(node, clock, clock + length))
            clock += length + 1
        requests.append(request(*calls, total=clock))

    rows = node_rows(attributed(*requests))

    assert max(rows, key=lambda row: row.critical_share).node == slow


def test_a_branch_that_nobody_waits_for_has_no_share():
    """Slowed below the gate, a parallel branch gains nothing."""
    requests = [request(call("gate", 0, 60), call("side", 0, 40), call("join", 60, 100)) for _ in range(5)]

    shares = {row.node: row.critical_share for row in node_rows(attributed(*requests))}

    assert shares == {"gate": 0.6, "side": 0.0, "join": 0.4}
