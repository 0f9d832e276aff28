"""From the ops of a load to its figures, and from the figures to verdicts. Pure.

Latencies are those of good answers only; what failed or was cut off counts against goodput instead. `response_ms` and
`ttft_ms` count from the intended start, so waiting that a stall caused is in them; `service_ms` counts from the sending.
A gap (`itl_ms`) lies between two reads that held text; `tpot_ms` is a request's mean gap.

The run is invalid, and its verdicts unknown, when the engine was not good enough for what it measured. Its limits:

* lateness of the sending, at the highest percentile that the count allows (p99 from 299 requests on), at most the larger
  of 20 ms and 5 % of the median response;
* lateness of the event loop, p99 over a beat every 10 ms, the same;
* 0.9 of one core taken by the sending process.

Sending late cannot make a system look faster than it is, since latency counts from the schedule. So the limits are what a
reader may overlook beside the figures, not what an idle machine can do, which is 1 to 2 ms: two cores that run all mocks of
a megaservice, and as much again of other work, stay below them at 20 requests per second. `Tolerance` tightens them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

from harness.history import Op
from harness.load.certificate import Certificate
from harness.load.engine import Drive
from harness.quantiles import floor, quantile, quantiles
from harness.report import LoadFigures, Quantiles
from harness.scenario import Objectives


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What the engine may be off by before a run is invalid; shares are of the median response."""

    lag_ms: float = 20.0
    lag_share: float = 0.05
    cpu_share: float = 0.9


def load_figures(
    ops: Sequence[Op],
    drive: Drive,
    objectives: Objectives,
    certificate: Certificate | None = None,
    tolerance: Tolerance = Tolerance(),
) -> LoadFigures:
    """All figures of the ops whose part is "load"; rates and shares are None when nothing was sent."""
    sent = [op for op in ops if op.part == "load" and op.sent_ns]
    ended = [op for op in sent if op.ended_ns]
    answered = [op for op in ended if op.ok]
    good = [op for op in answered if is_good(op, objectives)]
    done_s = _window_s(drive, [op.ended_ns for op in ended])
    figures = LoadFigures(
        arrivals=drive.arrivals,
        sent=len(sent),
        rate_asked=drive.rate_asked,
        rate_sent=len(sent) / _window_s(drive, [op.sent_ns for op in sent]) if sent else None,
        rate_done=len(answered) / done_s if sent else None,
        goodput_per_s=len(good) / done_s if sent else None,
        good_share=len(good) / len(sent) if sent else None,
        errors=dict(Counter(failure(op) for op in ended if not op.ok).most_common()),
        censored=len(sent) - len(ended),
        lag_ms_p99=quantile(_lags_ms(sent), 0.99),
        certificate=_certificate(drive, certificate),
        schedule_hash=drive.schedule_hash,
    ).model_copy(update=_latencies(answered))
    why = _why_invalid(figures, drive, _lags_ms(sent), tolerance)
    return figures.model_copy(update={"valid": not why, "why_invalid": why})


def is_good(op: Op, objectives: Objectives) -> bool:
    """Whether the op met every objective that is set and applies: gaps need two tokens, a first token needs a stream."""
    if not op.ok or not op.ended_ns:
        return False
    terms: list[tuple[float | None, float]] = [(objectives.response_ms, _ms(op.ended_ns - op.scheduled_ns))]
    if op.content_ns:
        terms.append((objectives.ttft_ms, _ms(op.content_ns[0] - op.scheduled_ns)))
    if len(op.content_ns) > 1:
        terms.append((objectives.itl_ms_mean, _mean(gaps_ms(op))))
    return all(limit is None or actual <= limit for limit, actual in terms)


def gaps_ms(op: Op) -> list[float]:
    """The times between the op's pieces of text, in milliseconds."""
    return [_ms(later - earlier) for earlier, later in pairwise(op.content_ns)]


def failure(op: Op) -> str:
    """The op's class of failure, a status with its number; empty for an op that is ok."""
    if op.error == "status":
        return f"status_{op.status}"
    return op.error or ("" if op.ok else "empty")


def concurrency(ops: Sequence[Op]) -> float:
    """How many requests were under way at once, on average from the first sending to the last end."""
    done = [op for op in ops if op.part == "load" and op.ended_ns]
    if not done:
        return 0.0
    span_ns = max(op.ended_ns for op in done) - min(op.sent_ns for op in done)
    return sum(op.ended_ns - op.sent_ns for op in done) / max(span_ns, 1)


def _latencies(answered: Sequence[Op]) -> dict[str, Quantiles]:
    streamed = [op for op in answered if op.content_ns]
    return {
        "response_ms": quantiles([_ms(op.ended_ns - op.scheduled_ns) for op in answered]),
        "service_ms": quantiles([_ms(op.ended_ns - op.sent_ns) for op in answered]),
        "ttft_ms": quantiles([_ms(op.content_ns[0] - op.scheduled_ns) for op in streamed]),
        "itl_ms": quantiles([gap for op in streamed for gap in gaps_ms(op)]),
        "tpot_ms": quantiles([_mean(gaps_ms(op)) for op in streamed if len(op.content_ns) > 1]),
    }


def _lags_ms(sent: Sequence[Op]) -> list[float]:
    return [_ms(op.sent_ns - op.scheduled_ns) for op in sent]


def _window_s(drive: Drive, moments_ns: Sequence[int]) -> float:
    """The time that a rate is of: the schedule's own, longer if its last moment came later, shorter if it was stopped."""
    planned_s = (drive.ended_ns - drive.began_ns) / 1e9 if drive.interrupted else drive.duration_s
    return max(planned_s, (max(moments_ns, default=drive.began_ns) - drive.began_ns) / 1e9, 1e-3)


def _certificate(drive: Drive, certificate: Certificate | None) -> dict[str, float | None]:
    own = {"loop_lag_ms_p99": drive.loop_lag_ms_p99, "cpu_share": drive.cpu_share}
    return own | (asdict(certificate) if certificate else {})


def _why_invalid(figures: LoadFigures, drive: Drive, lags_ms: Sequence[float], tolerance: Tolerance) -> str:
    """The first reason not to trust the engine, or nothing."""
    if not figures.sent:
        return "nothing was sent"
    if drive.interrupted:
        return f"the load was stopped after {figures.sent} of {drive.arrivals} requests"
    limit_ms = max(tolerance.lag_ms, tolerance.lag_share * (figures.response_ms.p50 or 0.0))
    share = next((each for each in (0.99, 0.95, 0.9, 0.5) if len(lags_ms) >= floor(each)), 0.0)
    lag_ms = quantile(lags_ms, share) if share else max(lags_ms)
    checks = (
        (
            lag_ms,
            limit_ms,
            f"requests were sent late, p{share * 100:g} by {{:.1f}} ms; at most {{:.1f}} ms is trusted",
        ),
        (
            drive.loop_lag_ms_p99,
            limit_ms,
            "the event loop ran late, p99 by {:.1f} ms; at most {:.1f} ms is trusted",
        ),
        (drive.cpu_share, tolerance.cpu_share, "the sender took {:.2f} of a core; at most {:.2f} is trusted"),
    )
    return next(
        (words.format(seen, most) for seen, most, words in checks if seen is not None and seen > most), ""
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _ms(ns: int) -> float:
    return ns / 1e6
