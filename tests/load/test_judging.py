"""A load holds, is violated, or cannot be judged; and it says which and why."""

import pytest

from harness.load.figures import load_figures
from harness.load.judging import interval, judge
from harness.scenario import Objectives

QUICK = Objectives(response_ms=50, ttft_ms=20, good_share=0.95)


@pytest.fixture
def verdicts(made_op, made_drive):
    """The three verdicts, by what follows the dot of their id, of so many good, slow, failed and unfinished requests."""

    def give(good=0, slow=0, failed=0, unfinished=0, *, arrivals=None, **changes):
        ops = [made_op(at, end=10) for at in range(good)]
        ops += [made_op(at, end=90) for at in range(slow)]
        ops += [made_op(at, error="reset") for at in range(failed)]
        ops += [made_op(at, end=None, error="unfinished") for at in range(unfinished)]
        figures = load_figures(ops, made_drive(arrivals or max(len(ops), 1), **changes), QUICK)
        return {each.id.removeprefix("load."): each for each in judge(figures, QUICK)}

    return give


def test_enough_good_requests_hold(verdicts):
    """At a share of 95 %, 96 good of 100 are enough; all three verdicts hold and say what was seen."""
    given = verdicts(good=96, slow=4)

    assert {each.verdict for each in given.values()} == {"holds"}
    assert given["goodput"].expected == "response within 50 ms, first token within 20 ms for a share of 0.95"
    assert given["goodput"].actual == "96 of 100, a share of 0.96 (95 % interval 0.902 to 0.984)"


def test_one_failure_in_three_thousand_is_no_violation(verdicts):
    """A single failure does not turn a long run red."""
    assert verdicts(good=2999, failed=1)["goodput"].verdict == "holds"


def test_too_few_good_requests_are_a_violation(verdicts):
    """Below the share the verdict is a violation that counts what was slow, what failed, and what had not ended."""
    given = verdicts(good=90, slow=5, failed=3, unfinished=2)["goodput"]

    assert given.verdict == "violated"
    assert (
        given.why
        == "of 100 requests 5 answered too slowly, 3 failed (3 reset), 2 had not ended when the load did"
    )


def test_a_load_that_sent_nothing_is_unknown(verdicts):
    """No request is no proof of anything."""
    given = verdicts()

    assert {(each.verdict, each.why) for each in given.values()} == {("unknown", "nothing was sent")}


def test_a_bad_instrument_makes_goodput_unknown(verdicts):
    """What was measured with a blocked event loop is neither green nor red."""
    given = verdicts(good=100, cpu_share=0.99)

    assert (given["instrument"].verdict, given["goodput"].verdict) == ("unknown", "unknown")
    assert given["instrument"].why == "the sender took 0.99 of a core; at most 0.90 is trusted"
    assert given["goodput"].why.startswith("the figures are not to be trusted: the sender took 0.99")


def test_a_load_cut_short_is_unknown(verdicts):
    """A load that was stopped says after how many requests."""
    given = verdicts(good=40, arrivals=100, interrupted=True)

    assert {each.verdict for each in given.values()} == {"unknown"}
    assert given["arrivals"].why == "40 of 100 requests were sent"


def test_without_limits_an_answer_is_what_is_asked_for(made_op, made_drive):
    """A scenario that sets no limit is judged by its answers alone."""
    figures = load_figures([made_op(0)], made_drive(1), Objectives())

    assert judge(figures, Objectives())[2].expected == "an answer for a share of 0.99"


@pytest.mark.parametrize(("good", "count", "low", "high"), [(50, 100, 0.404, 0.596), (0, 10, 0.0, 0.278)])
def test_the_interval_of_a_share_is_wilsons(good, count, low, high):
    """The interval agrees with published values, also where nothing was good."""
    assert interval(good, count) == pytest.approx((low, high), abs=1e-3)
