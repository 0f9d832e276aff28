"""How a mock behaves beyond its contract, and when it says what: so that a load test has a known right answer."""

from dataclasses import dataclass, field
from itertools import accumulate
from math import exp
from random import Random

from harness.scenario import Latency

NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a mock behaves beyond its contract. Milliseconds; 0 in flight means no limit.

    `stamped` puts each token's true emit time (`: t_ns=...`, the monotonic clock) before it; `keep_bytes` of each body are journaled.
    `in_threads` is for answers that wait for a database, which would keep every other mock waiting.
    """

    latency: Latency = field(default_factory=Latency)
    start_ms: float = 0.0
    in_flight_max: int = 0
    stamped: bool = False
    like_upstream: bool = False
    keep_bytes: int = 2048
    in_threads: bool = False


def offsets_ns(latency: Latency, tokens: int, in_flight: int, random: Random) -> list[int]:
    """When the reply begins and when each of its tokens is due, in nanoseconds after the request's arrival.

    The first entry is the first token's (there is one even without tokens); each further one a token later.
    `in_flight` counts this request too.
    """
    load = 1 + latency.load_factor * (max(in_flight, 1) - 1)
    steps = [latency.first_ms, *[latency.token_ms] * (tokens - 1)]
    if latency.spread:
        steps = [step * exp(latency.spread * random.gauss(0, 1)) for step in steps]
    return [round(due * load * NS_PER_MS) for due in accumulate(steps)]


def is_instant(latency: Latency) -> bool:
    """Whether the reply is due at once."""
    return not (latency.first_ms or latency.token_ms)
