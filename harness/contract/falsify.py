"""Looks for a value that breaks a promise: Hypothesis draws values and makes what it finds small, the event loop asks the server."""

import asyncio
import math
import warnings
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import orjson

from harness.contract.check import Broken
from harness.errors import StackError

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

DRAWING_S = 30.0  # A slow service is asked less often, and not for longer.
SHRINKING_S = 2.0

Probe = Callable[[Any], Awaitable[Broken | None]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a search goes: which values, how many, and for how long."""

    seed: int
    drawn_max: int
    drawing_s: float = DRAWING_S
    shrinking_s: float = SHRINKING_S


class EnoughError(BaseException):
    """Ends a search whose time is up; no Exception, because Hypothesis would take that for something that it found."""


@dataclass(slots=True)
class Search:
    """What has been asked, and the smallest value that was wrong."""

    ask: Callable[[Any], Broken | None]
    limits: Limits
    asked: int = 0
    broken: Broken | None = None
    _size: tuple[int, bytes] = (0, b"")
    _until: float = math.inf

    def __call__(self, value: Any) -> None:
        """Ask about one value; raises AssertionError where it is wrong, as Hypothesis wants it, and EnoughError when the time is up."""
        began = monotonic()
        if began > self._until:
            raise EnoughError
        if (
            self._until == math.inf
        ):  # Of how long Hypothesis takes to begin the service knows nothing: one is always asked.
            self._until = began + self.limits.drawing_s
        self.asked += 1
        found = self.ask(value)
        if found is None:
            return
        body = orjson.dumps(value, default=repr)
        if self.broken is None:
            now = monotonic()
            is_slow = now - began > self.limits.shrinking_s / 2
            self._until = now if is_slow else now + self.limits.shrinking_s
        if self.broken is None or (len(body), body) < self._size:
            self.broken, self._size = found, (len(body), body)
        raise AssertionError(found.why)


async def falsify(
    strategy: "SearchStrategy[Any]", probe: Probe, limits: Limits, first: Sequence[Any] = ()
) -> Search:
    """Ask about the `first` values, then of those of a strategy until one is wrong or there were enough.

    The same seed draws the same values.

    Nothing may be drawn at all, for a strategy whose filter lets nothing pass: then `asked` is 0.
    """
    loop = asyncio.get_running_loop()

    def ask(value: Any) -> Broken | None:
        return asyncio.run_coroutine_threadsafe(_one(probe, value), loop).result()

    search = Search(ask, limits)
    for value in first:
        search.asked += 1
        search.broken = await probe(value)
        if search.broken is not None:
            return search
    await asyncio.to_thread(_hunt, strategy, search)
    return search


async def _one(probe: Probe, value: Any) -> Broken | None:
    return await probe(value)


def _hunt(strategy: "SearchStrategy[Any]", search: Search) -> None:
    """Let Hypothesis draw; what it raises about what it found is already known by `search`."""
    from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
    from hypothesis.errors import Flaky, HypothesisDeprecationWarning, Unsatisfiable

    def tried(value: Any) -> None:
        search(value)

    bounded = settings(
        max_examples=search.limits.drawn_max,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
    )
    try:
        with warnings.catch_warnings():
            # It takes numbers that other threads draw from `random` meanwhile for drawn by the strategy.
            warnings.simplefilter("ignore", HypothesisDeprecationWarning)
            bounded(seed(search.limits.seed)(given(strategy)(tried)))()
    except (Unsatisfiable, EnoughError):
        return
    except (AssertionError, Flaky):  # Flaky: it was wrong once and right the next time, which is wrong.
        if search.broken is None:
            raise


def keep_in(folder: Path) -> None:
    """Have Hypothesis keep what it keeps in that folder, instead of one in the current folder."""
    from hypothesis.configuration import set_hypothesis_home_dir

    set_hypothesis_home_dir(folder)


def require_hypothesis() -> None:
    """Raise a sentence where Hypothesis is not installed."""
    try:
        import hypothesis  # noqa: F401
    except ImportError:
        raise StackError(
            "contract: hypothesis is not installed, and generated requests need it; "
            "install it with `pip install 'opea-harness[contract]'`"
        ) from None
