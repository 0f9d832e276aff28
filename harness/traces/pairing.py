"""Pair callers' spans with the spans of those they called where nothing but time joins them. Pure.

Real OPEA does not hand trace context on. A service that takes requests in order starts them in the order in which
they were sent, so the n-th start belongs to the n-th start. Measured on recorded runs this was right for every pair at
concurrency 1, 4 and 16; replicas and services that reorder break it, hence the confidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.traces.span import Span

TOLERANCE_NS = 2_000_000  # Two clocks of one machine agree far better; machines under NTP about so.


@dataclass(frozen=True, slots=True)
class Pairs:
    """Positions of pairs (caller, called), and how sure they are, 0..1."""

    pairs: Sequence[tuple[int, int]]
    confidence: float


def pair_in_order(callers: Sequence[Span], called: Sequence[Span]) -> Pairs:
    """Pair by order of start, leaving out those that cannot be: what was called starts while its caller waits.

    Both sequences are in order of start. The confidence is the share of all called that a caller wholly contains.
    """
    pairs: list[tuple[int, int]] = []
    contained = 0
    position = 0
    for number, span in enumerate(called):
        while position < len(callers) and callers[position].ended_ns + TOLERANCE_NS < span.began_ns:
            position += 1
        if position == len(callers):
            break
        caller = callers[position]
        if span.began_ns + TOLERANCE_NS < caller.began_ns:
            continue
        pairs.append((position, number))
        contained += span.ended_ns <= caller.ended_ns + TOLERANCE_NS
        position += 1
    return Pairs(pairs, contained / len(called) if called else 0.0)


def pair_after(ended_ns: Sequence[int], began_ns: Sequence[int]) -> Pairs:
    """Pair what began with what had ended before it, first with first; both in order.

    Each time several were waiting, the choice among them is a guess: the confidence is the mean of one over their number.
    """
    pairs: list[tuple[int, int]] = []
    sure = 0.0
    taken = 0
    for number, start_ns in enumerate(began_ns):
        waiting = 0
        while taken + waiting < len(ended_ns) and ended_ns[taken + waiting] <= start_ns + TOLERANCE_NS:
            waiting += 1
        if waiting:
            pairs.append((taken, number))
            sure += 1 / waiting
            taken += 1
    return Pairs(pairs, sure / len(began_ns) if began_ns else 0.0)
