"""Known ops have known figures, and a bad instrument is said to be bad."""

import pytest

from harness.load.certificate import Certificate
from harness.load.figures import Tolerance, concurrency, failure, gaps_ms, is_good, load_figures
from harness.scenario import Objectives

ANY = Objectives()


def test_latencies_count_from_the_schedule_and_from_the_sending(made_op, made_drive):
    """With every request sent 2 ms late, response is the service time and 2 ms."""
    ops = [made_op(at, lag=2, tokens=(5, 8, 13), end=15) for at in range(0, 300, 10)]
    figures = load_figures(ops, made_drive(30, 0.3), ANY)

    assert (figures.response_ms.p50, figures.service_ms.p50) == (15.0, 13.0)
    assert figures.ttft_ms.p90 == 5.0
    assert (figures.itl_ms.count, figures.itl_ms.mean, figures.itl_ms.max) == (60, 4.0, 5.0)
    assert (figures.tpot_ms.count, figures.tpot_ms.mean) == (30, 4.0)


def test_a_percentile_below_its_floor_is_not_given(made_op, made_drive):
    """Of 100 requests there is a p95 and no p99."""
    figures = load_figures([made_op(at) for at in range(100)], made_drive(100), ANY)

    assert (figures.response_ms.count, figures.response_ms.p95, figures.response_ms.p99) == (100, 10.0, None)


def test_rates_are_of_the_schedules_time(made_op, made_drive):
    """Of 100 requests in 10 s, 80 answered and 60 in time: 10, 8 and 6 per second."""
    slow = [made_op(at * 100, end=90) for at in range(20)]
    failed = [made_op(at * 100, error="reset") for at in range(20, 40)]
    quick = [made_op(at * 100, end=50) for at in range(40, 100)]
    figures = load_figures(slow + failed + quick, made_drive(100), Objectives(response_ms=60))

    assert (figures.rate_asked, figures.rate_sent, figures.rate_done) == (10, 10, 8)
    assert (figures.goodput_per_s, figures.good_share) == (6, 0.6)


def test_the_time_of_a_rate_lasts_until_the_last_answer(made_op, made_drive):
    """A backlog that is answered 10 s after the schedule's end halves the rate of what was done."""
    ops = [made_op(at * 1000) for at in range(9)] + [made_op(9000, end=11000)]
    figures = load_figures(ops, made_drive(10), ANY)

    assert (figures.rate_sent, figures.rate_done) == (1.0, 0.5)


def test_failures_are_counted_by_class_and_stay_out_of_latency(made_op, made_drive):
    """Errors have their classes, statuses their number, and none of them is in a percentile."""
    ops = [
        *(made_op(at, end=10) for at in range(5)),
        made_op(5, error="reset", end=9000),
        made_op(6, error="status", status=503, end=1),
        made_op(7, error="status", status=503, end=1),
        made_op(8, error="status", status=500, end=1),
    ]
    figures = load_figures(ops, made_drive(9), ANY)

    assert figures.errors == {"status_503": 2, "reset": 1, "status_500": 1}
    assert (figures.response_ms.count, figures.response_ms.max) == (5, 10.0)


def test_what_had_not_ended_is_censored_and_not_good(made_op, made_drive):
    """A request still under way at the end is no error and no latency, but it is not good either."""
    ops = [made_op(0), made_op(1, end=None, error="unfinished")]
    figures = load_figures(ops, made_drive(2), ANY)

    assert (figures.censored, figures.errors, figures.good_share, figures.response_ms.count) == (
        1,
        {},
        0.5,
        1,
    )


def test_only_the_load_counts(made_op, made_drive):
    """Warm-up and other parts of a run are in no figure of the load."""
    figures = load_figures(
        [made_op(0), made_op(1, part="warm_up"), made_op(2, part="chaos")], made_drive(1), ANY
    )

    assert (figures.sent, figures.response_ms.count) == (1, 1)


def test_an_answer_of_one_token_has_no_gap(made_op, made_drive):
    """Answers with no token or one divide by nothing and meet any objective on gaps."""
    ops = [made_op(0, tokens=()), made_op(1, tokens=(4,))]
    figures = load_figures(ops, made_drive(2), Objectives(itl_ms_mean=1))

    assert (figures.tpot_ms.count, figures.itl_ms.count, figures.good_share) == (0, 0, 1.0)


@pytest.mark.parametrize(
    ("objectives", "good"),
    [
        (Objectives(), True),
        (Objectives(ttft_ms=5), True),
        (Objectives(ttft_ms=4.9), False),
        (Objectives(itl_ms_mean=3), True),
        (Objectives(itl_ms_mean=2.9), False),
        (Objectives(response_ms=15), True),
        (Objectives(response_ms=14.9), False),
        (Objectives(ttft_ms=5, itl_ms_mean=3, response_ms=14.9), False),
    ],
)
def test_a_request_is_good_if_it_meets_all_objectives(made_op, objectives, good):
    """Each objective alone can make a request bad; those not set cannot."""
    assert is_good(made_op(0, tokens=(5, 8, 11), end=15), objectives) is good


def test_a_failed_request_is_never_good(made_op):
    """A failure that was quick is no goodput."""
    assert not is_good(made_op(0, error="reset", end=1), Objectives(response_ms=100))


def test_an_answer_without_text_is_a_failure(made_op):
    """A 200 with nothing in it has a class even if nobody gave it one."""
    op = made_op(0)
    op.text = ""

    assert failure(op) == "empty"
    assert failure(made_op(0)) == ""


def test_gaps_are_all_kept(made_op):
    """Two pieces of text in one read have a gap of nothing between them."""
    assert gaps_ms(made_op(0, tokens=(5, 5, 9))) == [0.0, 4.0]


def test_concurrency_is_the_mean_number_under_way(made_op):
    """Ten requests a second that take a second each are ten at once, but for the ends."""
    ops = [made_op(at * 100, end=1000) for at in range(1000)]

    assert concurrency(ops) == pytest.approx(10, rel=0.02)
    assert concurrency([]) == 0.0


def stalled(made_op, *, cap=None):
    """100 requests per second for 8 s, 10 ms each, the server standing still from second 3 to second 5.

    With a cap, a request is only sent when fewer than so many are under way.
    """
    ops, ends = [], []
    for index in range(800):
        due = index * 10.0
        sent = max(due, sorted(ends)[-cap]) if cap and len(ends) >= cap else due
        end = (5000.0 if 3000 <= sent < 5000 else sent) + 10.0
        ends.append(end)
        ops.append(made_op(due, lag=sent - due, end=end - due))
    return ops


def test_a_stall_is_seen_in_full(made_op, made_drive):
    """A stall of 2 s in 8 leaves a p90, p95 and p99 of response as arithmetic says: 10 %, 5 % and 1 % of 800 waited longer."""
    figures = load_figures(stalled(made_op), made_drive(800, 8.0), ANY)

    assert figures.response_ms.p90 == pytest.approx(1210, abs=10)
    assert figures.response_ms.p95 == pytest.approx(1610, abs=10)
    assert figures.response_ms.p99 == pytest.approx(1930, abs=10)


def test_a_stall_is_seen_in_full_by_a_capped_sender(made_op, made_drive):
    """Where only ten may be under way, timing from the sending hides the stall, and timing from the schedule does not."""
    figures = load_figures(stalled(made_op, cap=10), made_drive(800, 8.0), ANY)

    assert figures.service_ms.p95 == 10.0
    assert figures.response_ms.p95 > 1600


def test_an_instrument_that_is_good_enough_is_valid(made_op, made_drive):
    """Small lags and a small share of the processor are no reason to doubt."""
    figures = load_figures([made_op(at, lag=1) for at in range(300)], made_drive(300), ANY)

    assert (figures.valid, figures.why_invalid, figures.lag_ms_p99) == (True, "", 1.0)


@pytest.mark.parametrize(
    ("lag", "changes", "why"),
    [
        (24, {}, "requests were sent late, p99 by 24.0 ms; at most 20.0 ms is trusted"),
        (0, {"loop_lag_ms_p99": 29.0}, "the event loop ran late, p99 by 29.0 ms; at most 20.0 ms is trusted"),
        (0, {"cpu_share": 0.97}, "the sender took 0.97 of a core; at most 0.90 is trusted"),
        (0, {"interrupted": True}, "the load was stopped after 300 of 300 requests"),
    ],
)
def test_an_instrument_that_is_not_says_why(made_op, made_drive, lag, changes, why):
    """Each limit that is passed makes the run invalid, with the value seen and the value allowed."""
    ops = [made_op(at, lag=lag, end=40) for at in range(300)]
    figures = load_figures(ops, made_drive(300, **changes), ANY)

    assert (figures.valid, figures.why_invalid) == (False, why)


def test_a_slow_system_allows_the_instrument_more(made_op, made_drive):
    """5 % of a median response of 1 s is 50 ms: a lag of 30 ms is then no reason to doubt."""
    ops = [made_op(at, lag=30, end=1000) for at in range(300)]

    assert load_figures(ops, made_drive(300), ANY).valid
    assert not load_figures(ops, made_drive(300), ANY, tolerance=Tolerance(lag_share=0.001)).valid


@pytest.mark.parametrize(("requests", "late", "valid"), [(100, 3, True), (100, 8, False), (3, 1, False)])
def test_one_hiccup_in_few_requests_is_no_percentile(made_op, made_drive, requests, late, valid):
    """With 100 requests the p95 is judged; with less than five it is the worst."""
    ops = [made_op(at, lag=28 if at < late else 0, end=40) for at in range(requests)]

    assert load_figures(ops, made_drive(requests), ANY).valid is valid


def test_of_nothing_nothing_is_known(made_drive):
    """A load that sent nothing has no rate, no share, and is not valid."""
    figures = load_figures([], made_drive(10), ANY)

    assert (figures.sent, figures.rate_sent, figures.rate_done, figures.good_share) == (0, None, None, None)
    assert (figures.valid, figures.why_invalid) == (False, "nothing was sent")


def test_the_certificate_stands_beside_the_figures(made_op, made_drive):
    """The engine's own errors are given with the figures, and nothing is subtracted."""
    certificate = Certificate(300, 0, 240.0, 10.0, ttft_ms_p50=0.4, ttft_ms_p99=2.5)
    figures = load_figures([made_op(0, tokens=(7,))], made_drive(1), ANY, certificate)

    assert figures.certificate["ttft_ms_p99"] == 2.5
    assert figures.certificate["loop_lag_ms_p99"] == 0.5
    assert figures.ttft_ms.mean == 7.0
