"""What the checks look at: a run's requests, exchanges and labels, arranged for asking."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harness.history import Exchange, Op, Part
from harness.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Evidence:
    """A run as its checks see it.

    `by_trace` holds the exchanges of each request's trace; `strays` are those of none: the gateway handed no context on.
    `unseen` says of each node whose exchanges were not recorded why that is; what concerns it is unknown.
    """

    scenario: Scenario
    ops: tuple[Op, ...]
    exchanges: tuple[Exchange, ...]
    unseen: Mapping[str, str] = field(default_factory=dict)
    by_trace: Mapping[str, tuple[Exchange, ...]] = field(default_factory=dict)
    strays: tuple[Exchange, ...] = ()

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        ops: Iterable[Op],
        exchanges: Iterable[Exchange],
        unseen: Mapping[str, str] | None = None,
    ) -> "Evidence":
        """Arrange the exchanges by the trace they belong to."""
        asked, crossed = tuple(ops), tuple(exchanges)
        sent = {op.trace_id for op in asked}
        by_trace: dict[str, list[Exchange]] = defaultdict(list)
        for exchange in crossed:
            if exchange.trace_id in sent:
                by_trace[exchange.trace_id].append(exchange)
        return cls(
            scenario,
            asked,
            crossed,
            unseen=unseen or {},
            by_trace={trace: tuple(each) for trace, each in by_trace.items()},
            strays=tuple(exchange for exchange in crossed if exchange.trace_id not in sent),
        )

    def part(self, *parts: Part, cut_off: bool = False) -> tuple[Op, ...]:
        """The requests of these parts of the run; without those that its end cut off, which say nothing, unless they are wanted."""
        return tuple(op for op in self.ops if op.part in parts and (cut_off or op.error != "unfinished"))

    def hops(self, op: Op, text: str = "") -> tuple[Exchange, ...]:
        """The exchanges that a request led to: by its trace, or, where no context crossed, by its text within its time."""
        found = self.by_trace.get(op.trace_id, ())
        if found or not text:
            return found
        return tuple(exchange for exchange in self.meanwhile(op) if text in exchange.request)

    def meanwhile(self, op: Op) -> tuple[Exchange, ...]:
        """The exchanges of no request's trace that began while this one was under way."""
        return tuple(
            exchange
            for exchange in self.strays
            if op.sent_ns <= exchange.began_ns <= (op.ended_ns or exchange.began_ns)
        )
