"""Limits within a budget, retries within another."""

from time import monotonic_ns

from harness.flight import Limits
from harness.opea.policy import NODE_LIMITS, RetryBudget, limits_within


def test_limits_stay_as_they_are_while_the_budget_suffices():
    """A node's own limits hold."""
    limits = Limits(total_s=1)

    assert limits_within(limits, monotonic_ns() + 2_000_000_000) is limits


def test_limits_are_cut_to_what_is_left():
    """No call may outlast the request, and no part of one its end."""
    cut = limits_within(
        Limits(connect_s=1, first_byte_s=5, idle_s=5, total_s=9), monotonic_ns() + 2_000_000_000
    )

    assert cut is not None
    assert cut == Limits(connect_s=1, first_byte_s=5, idle_s=5, total_s=cut.total_s)
    assert 1.9 < cut.total_s <= 2.0


def test_nothing_is_left_of_a_used_up_budget():
    """A node is not called when its reply would come too late."""
    assert limits_within(NODE_LIMITS, monotonic_ns() - 1) is None


def test_retries_are_earned_by_calls():
    """Ten at once, then one for ten calls."""
    budget = RetryBudget()
    at_once = sum(budget.spend() for _ in range(50))
    for _ in range(25):
        budget.earn()
    later = sum(budget.spend() for _ in range(50))

    assert (at_once, later) == (10, 2)
