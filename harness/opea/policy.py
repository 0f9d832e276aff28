"""What the graph declares about a node beside its address: limits, dialect, shape, merge and retries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic_ns
from typing import Any

from harness.flight import Limits
from harness.opea.problems import ReplyKind
from harness.sse import DialectName

NODE_LIMITS = Limits(connect_s=5.0, first_byte_s=120.0, idle_s=60.0, total_s=600.0)
"""For a node of which nothing is declared: a model on a CPU may think for a while."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How a node is treated.

    `expects(reply, request)` gives what is wrong with a reply's shape, as kind and words, or None.
    `merge(outputs)` makes one input of what the nodes before it gave, by key; without it a collision is an error.
    `dialect` is that of the node's stream, found out if not declared; a node that declares one may stream
    whatever its type. `attempts` above 1 lets failures that did nothing yet be tried again, as far as the
    orchestrator's retry budget goes. `comp` is named on spans.
    """

    limits: Limits = NODE_LIMITS
    expects: Callable[[Any, Any], tuple[ReplyKind, str] | None] | None = None
    merge: Callable[[Mapping[str, Any]], Any] | None = None
    dialect: DialectName | None = None
    attempts: int = 1
    comp: str = ""


POLICY = Policy()


class RetryBudget:
    """At most one retry for ten calls, and ten at once: a node that is down is not made busier."""

    def __init__(self, *, share: float = 0.1, burst: float = 10.0) -> None:
        self._share = share
        self._burst = burst
        self._left = burst

    def earn(self) -> None:
        """A call was made."""
        self._left = min(self._burst, self._left + self._share)

    def spend(self) -> bool:
        """Whether one retry may be made, and if so it counts."""
        if self._left < 1:
            return False
        self._left -= 1
        return True


def limits_within(limits: Limits, deadline_ns: int) -> Limits | None:
    """A node's limits, the total cut down to what the request's budget leaves; None if nothing is left."""
    left_s = (deadline_ns - monotonic_ns()) / 1e9
    if left_s >= limits.total_s:
        return limits
    if left_s <= 0:
        return None
    return Limits(limits.connect_s, limits.first_byte_s, limits.idle_s, left_s)
