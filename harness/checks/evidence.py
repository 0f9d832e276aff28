"""What the checks look at: a run's requests, exchanges and labels, arranged for asking."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harness.history import Exchange, Op, Part
from harness.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Evidence:
    """A run as its checks see it.

    `wired` says whether exchanges were recorded at all; without wires, what concerns hops is unknown, and `why_unwired` says why.
    """

    scenario: Scenario
    ops: tuple[Op, ...]
    exchanges: tuple[Exchange, ...]
    wired: bool = True
    why_unwired: str = ""
    by_trace: Mapping[str, tuple[Exchange, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, scenario: Scenario, ops: Iterable[Op], exchanges: Iterable[Exchange], why_unwired: str = ""
    ) -> "Evidence":
        """Arrange the exchanges by the trace they belong to."""
        crossed = tuple(exchanges)
        by_trace: dict[str, list[Exchange]] = defaultdict(list)
        for exchange in crossed:
            if exchange.trace_id:
                by_trace[exchange.trace_id].append(exchange)
        return cls(
            scenario,
            tuple(ops),
            crossed,
            wired=not why_unwired,
            why_unwired=why_unwired,
            by_trace={trace: tuple(each) for trace, each in by_trace.items()},
        )

    def part(self, *parts: Part) -> tuple[Op, ...]:
        """The requests of these parts of the run."""
        return tuple(op for op in self.ops if op.part in parts)

    def hops(self, op: Op, text: str = "") -> tuple[Exchange, ...]:
        """The exchanges that a request led to: by its trace, or, where no trace crossed, by its text within its time."""
        found = self.by_trace.get(op.trace_id, ())
        if found or not text:
            return found
        return tuple(
            exchange
            for exchange in self.exchanges
            if not exchange.trace_id
            and op.sent_ns <= exchange.began_ns <= (op.ended_ns or exchange.began_ns)
            and text in exchange.request
        )
