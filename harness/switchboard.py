"""Which faults are on at one place, and which of them acts on the exchange at hand.

The place (a wire, a mock) asks `draw` once for every exchange, carries the effect out, and counts with `Standing.fire` when it
has really acted, so that `fired` is a witness and no intention.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from harness.errors import FaultError
from harness.fault import Fault

HEADER = "x-harness-fault"


@dataclass(slots=True)
class Standing:
    """A fault that is on: on which exchanges it acts, how many it has seen and how many it has acted on.

    `nth` counts from 1 and means that exchange alone; else each is drawn with the probability `rate`, the same for the same seed.
    A fault `by_header` acts only on requests that name it.
    """

    fault: Fault
    rate: float = 1.0
    nth: int | None = None
    seed: int = 0
    by_header: bool = False
    seen: int = 0
    fired: int = 0
    _random: Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse settings that mean nothing."""
        if not 0 <= self.rate <= 1:
            raise FaultError(f"{self.fault.name}: rate is {self.rate}; a share is between 0 and 1")
        if self.nth is not None and self.nth < 1:
            raise FaultError(f"{self.fault.name}: nth is {self.nth}; the first exchange is 1")
        self._random = Random(f"{self.seed}:{self.fault.name}")

    def chosen(self) -> bool:
        """Count one more exchange and say whether the fault is to act on it."""
        self.seen += 1
        if self.nth is not None:
            return self.seen == self.nth
        return self.rate >= 1 or self._random.random() < self.rate

    def fire(self) -> None:
        """Note that the fault has acted on an exchange."""
        self.fired += 1

    def as_json(self) -> dict[str, object]:
        """The settings and the counters."""
        return {
            "rate": self.rate,
            "nth": self.nth,
            "seed": self.seed,
            "by_header": self.by_header,
            "seen": self.seen,
            "fired": self.fired,
        }


class Switchboard:
    """The faults that are on at one node. `known` are those that can be; `changed` is called after each change, and may refuse it.

    Where several are on, the one put on first is drawn first, and one fault at most acts on an exchange.
    """

    def __init__(
        self, node: str, known: Mapping[str, Fault], changed: Callable[[], None] = lambda: None
    ) -> None:
        self.node = node
        self._known = known
        self._changed = changed
        self._on: dict[str, Standing] = {}
        self._by_header: dict[str, Standing] = {}

    @property
    def down(self) -> Standing | None:
        """The fault for which the place is to refuse connections, if one is on."""
        return next((each for each in self._on.values() if each.fault.down), None)

    @property
    def is_clear(self) -> bool:
        """Whether no fault is on; single requests may still ask for one."""
        return not self._on

    def standings(self) -> list[Standing]:
        """Every fault that is on, and those that single requests asked for."""
        return [*self._on.values(), *self._by_header.values()]

    def fault(self, name: str) -> Fault:
        """The known fault of that name."""
        if name not in self._known:
            raise FaultError(f"{name}: no fault that {self.node} knows; faults are {', '.join(self._known)}")
        return self._known[name]

    def put(self, standing: Standing) -> None:
        """Put a fault on, in place of one of the same name; its counters begin at what `standing` says."""
        name = standing.fault.name
        before = dict(self._on)
        self._on[name] = standing
        try:
            self._changed()
        except FaultError:
            self._on = before
            raise

    def lift(self, name: str | None = None) -> list[Standing]:
        """Take one fault away, or all of them; gives those that were on, with their last counters."""
        gone = [each for each in self.standings() if name in (None, each.fault.name)]
        if name is None:
            self._on.clear()
            self._by_header.clear()
        else:
            self._on.pop(name, None)
            self._by_header.pop(name, None)
        self._changed()
        return gone

    def draw(self, header: str | None = None) -> Standing | None:
        """The fault that is to act on the next exchange, or None.

        `header` is the request's `x-harness-fault`: names of faults, or `node/fault` for one node of several, separated by commas;
        it goes before what is on, and names nobody knows are passed over.
        """
        if header:
            for asked in header.split(","):
                standing = self._asked(asked.strip())
                if standing is not None and standing.chosen():
                    return standing
        return next((each for each in self._on.values() if not each.fault.down and each.chosen()), None)

    def _asked(self, cell: str) -> Standing | None:
        node, _, name = cell.rpartition("/")
        if node not in ("", self.node) or name not in self._known or self._known[name].down:
            return None
        return self._by_header.setdefault(name, Standing(self._known[name], by_header=True))
