"""How latency is distributed."""

import re

import pytest

from harness.report import Point
from reports.figures.latency import latency
from reports.figures.quantiles import Series, quantiles


def report_of(made, amount: int, part: str = "load", **fields):
    points = [Point(at_s=i, response_ms=float(i + 1), part=part, ok=True, **fields) for i in range(amount)]
    return made("empty").model_copy(update={"points": points})


def test_response_and_first_token_of_the_load_are_drawn(made):
    """With n in the caption."""
    report = made("holds")
    figure = quantiles(report)

    assert "n = 597 requests of the load that went well" in figure.caption
    assert "time to first token" in figure.drawings[0]


def test_the_percentiles_in_words_are_those_of_the_report(made):
    """The description is computed from the points, the load's figures from the run."""
    report = made("holds")
    description = quantiles(report).drawings[0]

    assert f"response of 597 requests: p50 {report.load.response_ms.p50:.0f} ms" in description
    assert f"p99 {report.load.response_ms.p99:.0f} ms" in description


def test_a_percentile_that_so_few_samples_do_not_support_is_dotted_and_unsaid(made):
    """A hundred samples support p95 and not p99."""
    drawn = quantiles(report_of(made, 100)).drawings[0]

    assert "p90 90.0 ms" in drawn
    assert "p99 99" not in drawn
    assert 'class="curve response dotted"' in drawn


@pytest.mark.parametrize(("amount", "share"), [(29, 0.9), (59, 0.95), (299, 0.99)])
def test_the_floor_of_samples_is_the_one_that_figures_have(amount, share):
    """One rule for tables and plots."""
    assert Series("x", "x", (1.0,) * amount).supported >= share
    assert Series("x", "x", (1.0,) * (amount - 1)).supported < share


def test_requests_with_faults_are_no_sample(made):
    """Without a load the correctness part is drawn, never chaos."""
    figure = quantiles(made("interrupted"))

    assert "n = 60 requests of correctness that went well" in figure.caption
    assert quantiles(report_of(made, 50, part="chaos")) is None


@pytest.mark.parametrize("amount", [0, 1])
def test_nothing_is_drawn_of_less_than_two_requests(made, amount):
    """A distribution of one is none."""
    assert quantiles(report_of(made, amount)) is None


def test_two_requests_are_drawn_without_a_fuss(made):
    """All of it dotted, for nothing can be said."""
    drawn = quantiles(report_of(made, 2)).drawings[0]

    assert "too few to say" in drawn


CHAR_PX = 6.2  # Of the page's small letters, in their usual face.


@pytest.mark.parametrize("slowest_ms", [900.0, 2_000.0, 30_000.0])
def test_an_axis_name_stands_clear_of_its_values(made, slowest_ms):
    """On wide pages and narrow ones, in both figures with an upright axis, and inside the drawing."""
    points = [Point(at_s=i, response_ms=slowest_ms * i / 100, part="load", ok=True) for i in range(1, 101)]
    report = made("empty").model_copy(update={"points": points})

    for drawing in (*quantiles(report).drawings, *latency(report)[0].drawings):
        names = [float(x) for x in re.findall(r"translate\(([\d.]+) [\d.]+\) rotate", drawing)]
        ends = re.findall(
            r'<text x="([\d.]+)" y="[\d.]+" class="small muted" text-anchor="end">([\d,.]+)<', drawing
        )
        leftmost = min(float(x) - CHAR_PX * len(value) for x, value in ends)

        assert 6 <= names[0] <= leftmost - 5
