"""A stream that does not end as it should, or goes on after its end."""

import re

from harness.fault import Effect, Expected, Fault, Target
from harness.faults._fit import only_marked_events, only_streams
from harness.faults._pieces import pieces

_REASON = re.compile(rb'("finish_reason"\s*:\s*)"[^"]*"')


def without_last(body: bytes) -> bytes:
    """All events but the last, which is the end mark of every dialect that has one."""
    return b"".join(pieces(body)[:-1])


def without_reason(body: bytes) -> bytes:
    """Every finish_reason null."""
    return _REASON.sub(rb"\1null", body)


def with_more(body: bytes) -> bytes:
    """The first event once more, after the end."""
    return body + b"".join(pieces(body)[:1])


def only_openai(target: Target) -> str | None:
    """For faults of the dialect that tells why it finished."""
    if target.dialect not in (None, "openai"):
        return f"{target.node} streams {target.dialect}, which says no finish_reason"
    return only_streams(target)


FAULTS = (
    Fault(
        "no-end-mark",
        "the stream ends in good order without its end mark",
        Effect(body=without_last),
        Expected("error", (502,), ("incomplete",)),
        only_marked_events,
    ),
    Fault(
        "no-finish-reason",
        "no event says why the stream finished",
        Effect(body=without_reason),
        Expected("error", (502,), ("incomplete",)),
        only_openai,
    ),
    Fault(
        "more-after-end",
        "an event follows the end mark",
        Effect(body=with_more),
        Expected("same"),
        only_marked_events,
    ),
)
