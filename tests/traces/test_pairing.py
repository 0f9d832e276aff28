"""Pairs by order of start, and how sure they are."""

import random

import pytest

from harness.traces.pairing import pair_after, pair_in_order
from harness.traces.span import Span

MS = 10**6


def spans(*intervals_ms):
    return [Span("a" * 32, "b" * 16, None, "x", "internal", b * MS, e * MS) for b, e in intervals_ms]


def test_the_nth_start_belongs_to_the_nth_start():
    """Overlapping calls of a service that takes them in order are told apart."""
    paired = pair_in_order(spans((0, 50), (1, 90), (2, 130)), spans((10, 45), (46, 85), (86, 125)))

    assert list(paired.pairs) == [(0, 0), (1, 1), (2, 2)]
    assert paired.confidence == 1.0


def test_a_call_whose_handler_is_missing_shifts_nobody():
    """Pairing recovers after a lost span, on either side."""
    calls = spans((0, 10), (20, 30), (40, 50))
    handlers = spans((1, 9), (21, 29), (41, 49))

    assert list(pair_in_order(calls, [handlers[0], handlers[2]]).pairs) == [(0, 0), (2, 1)]
    assert list(pair_in_order([calls[0], calls[2]], handlers).pairs) == [(0, 0), (1, 2)]


def test_handlers_of_another_node_are_not_sure():
    """What does not lie inside its caller's waiting is not its caller's."""
    paired = pair_in_order(spans((0, 10), (20, 30)), spans((14, 18), (34, 38)))

    assert (list(paired.pairs), paired.confidence) == ([], 0.0)


def test_nothing_pairs_with_nothing():
    """No spans, no confidence."""
    assert pair_in_order([], spans((0, 1))).confidence == 0.0
    assert pair_in_order(spans((0, 1)), []).pairs == []
    assert pair_after([], []).confidence == 0.0


@pytest.mark.parametrize("seed", range(20))
def test_a_queue_is_always_paired_rightly(seed):
    """For any arrivals at a server that works one at a time, first come first served, every pair is right."""
    rng = random.Random(seed)
    free_ms, calls, handlers = 0, [], []
    for arrival_ms in sorted(rng.sample(range(1000), 50)):
        began_ms = max(free_ms, arrival_ms + 3)
        free_ms = began_ms + rng.randint(1, 40)
        calls.append((arrival_ms, free_ms + 3))
        handlers.append((began_ms, free_ms))

    paired = pair_in_order(spans(*calls), spans(*handlers))

    assert list(paired.pairs) == [(number, number) for number in range(50)]
    assert paired.confidence == 1.0


def test_a_stream_follows_what_ended_before_it():
    """One waiting at a time is certain."""
    paired = pair_after([10 * MS, 30 * MS], [11 * MS, 31 * MS])

    assert (list(paired.pairs), paired.confidence) == ([(0, 0), (1, 1)], 1.0)


def test_several_waiting_make_a_guess():
    """The confidence falls with the number to choose from."""
    paired = pair_after([10 * MS, 11 * MS], [20 * MS, 21 * MS])

    assert (list(paired.pairs), paired.confidence) == ([(0, 0), (1, 1)], 0.75)


def test_a_stream_before_everything_belongs_to_nobody():
    """Nothing had ended: there is no pair."""
    assert list(pair_after([30 * MS], [10 * MS]).pairs) == []
