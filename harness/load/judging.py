"""What a load's figures say of the system, and whether they may say it. Pure.

* `load.arrivals`     every request of the schedule was sent
* `load.instrument`   the engine was good enough for what it measured
* `load.goodput`      as large a share as the objectives ask for met all of them

None is ever green for want of evidence: a load that sent nothing, was stopped, or was measured badly is `unknown`.
"""

import math

from harness.report import LoadFigures
from harness.scenario import Objectives
from harness.verdict import Verdict, holds, unknown, violated


def judge(figures: LoadFigures, objectives: Objectives, subject: str = "gateway") -> tuple[Verdict, ...]:
    """The three verdicts; `subject` names what was loaded."""
    return (
        _arrivals(figures, subject),
        _instrument(figures, subject),
        _goodput(figures, objectives, subject),
    )


def interval(good: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share, by Wilson's score."""
    z, share = 1.96, good / count
    middle = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return (middle - spread) / (1 + z * z / count), (middle + spread) / (1 + z * z / count)


def _arrivals(figures: LoadFigures, subject: str) -> Verdict:
    expected = f"{figures.arrivals} requests at {figures.rate_asked:g} per second"
    if not figures.sent:
        return unknown("load.arrivals", subject, "nothing was sent", expected=expected, actual="0 requests")
    actual = f"{figures.sent} requests at {figures.rate_sent or 0.0:.3g} per second"
    if figures.sent < figures.arrivals:
        why = f"{figures.sent} of {figures.arrivals} requests were sent"
        return unknown("load.arrivals", subject, why, expected=expected, actual=actual)
    return holds("load.arrivals", subject, expected=expected, actual=actual)


def _instrument(figures: LoadFigures, subject: str) -> Verdict:
    if not figures.valid:
        return unknown("load.instrument", subject, figures.why_invalid)
    return holds("load.instrument", subject)


def _goodput(figures: LoadFigures, objectives: Objectives, subject: str) -> Verdict:
    expected = f"{_terms(objectives)} for a share of {objectives.good_share:g}"
    if not figures.sent or figures.good_share is None:
        return unknown("load.goodput", subject, "nothing was sent", expected=expected)
    good = round(figures.good_share * figures.sent)
    low, high = interval(good, figures.sent)
    actual = f"{good} of {figures.sent}, a share of {figures.good_share:.4g} (95 % interval {low:.3f} to {high:.3f})"
    if not figures.valid:
        why = f"the figures are not to be trusted: {figures.why_invalid}"
        return unknown("load.goodput", subject, why, expected=expected, actual=actual)
    if figures.good_share >= objectives.good_share:
        return holds("load.goodput", subject, expected=expected, actual=actual)
    return violated("load.goodput", subject, _why_bad(figures, good), expected=expected, actual=actual)


def _terms(objectives: Objectives) -> str:
    terms = {
        "response": objectives.response_ms,
        "first token": objectives.ttft_ms,
        "mean gap": objectives.itl_ms_mean,
    }
    limits = [f"{name} within {limit:g} ms" for name, limit in terms.items() if limit is not None]
    return ", ".join(limits) or "an answer"


def _why_bad(figures: LoadFigures, good: int) -> str:
    failed = sum(figures.errors.values())
    slow = figures.sent - good - failed - figures.censored
    kinds = ", ".join(f"{count} {name}" for name, count in figures.errors.items())
    parts = (
        f"{slow} answered too slowly" if slow else "",
        f"{failed} failed ({kinds})" if failed else "",
        f"{figures.censored} had not ended when the load did" if figures.censored else "",
    )
    return f"of {figures.sent} requests " + ", ".join(filter(None, parts))
