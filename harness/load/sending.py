"""A load in a process of its own, for a front end that cannot run the engine itself: locust's is patched for gevent.

    python -m harness.load.sending

The first line on standard input says what to send (`Order`); when standard input ends, the load is stopped. On standard
output goes one JSON line for each request as it ends (`{"row": {...}}`) and one when all is over (`{"end": {...}}`) with
figures and verdicts, or `{"failed": ..., "exit_code": ...}` in its place.
"""

import asyncio
import contextlib
import queue
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
import uvloop

from harness.asking import Asker
from harness.client import Client
from harness.discovery import SCENARIO, discover
from harness.errors import HarnessError, UsageError
from harness.history import Mode, Op
from harness.load.arrivals import steady
from harness.load.certificate import certify
from harness.load.engine import Load, drive
from harness.load.figures import concurrency, failure, gaps_ms, load_figures
from harness.load.judging import judge
from harness.scenario import Scenario
from harness.stack.process import configuration_from_stdin, lifeline

CONNECTIONS_MAX = 8192


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be sent where; `folders` are searched for the scenario beside the bundled ones."""

    scenario: str
    url: str
    rate_per_s: float
    duration_s: float
    seed: int
    mode: Mode = "stream"
    folders: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One request as a front end shows it; times are milliseconds from the intended start."""

    response_ms: float
    ttft_ms: float | None
    itl_ms: list[float]
    text_bytes: int
    error: str


def row(op: Op) -> Row:
    """The op's row; the response of a request that had not ended lasts until its last sign of life."""
    ended_ns = op.ended_ns or max(op.scheduled_ns, op.sent_ns, *op.content_ns, op.first_byte_ns)
    return Row(
        response_ms=(ended_ns - op.scheduled_ns) / 1e6,
        ttft_ms=(op.content_ns[0] - op.scheduled_ns) / 1e6 if op.content_ns and op.ok else None,
        itl_ms=gaps_ms(op) if op.ok else [],
        text_bytes=len(op.text.encode()),
        error=failure(op),
    )


async def send(order: Order, write: "Lines") -> None:
    """Send the load of this order, and write what comes of it."""
    scenarios = discover(SCENARIO, tuple(map(Path, order.folders)))
    if order.scenario not in scenarios:
        raise UsageError(f"{order.scenario}: there is no such scenario; there are {', '.join(scenarios)}")
    scenario = scenarios[order.scenario]
    ops: list[Op] = []

    def record(op: Op) -> None:
        ops.append(op)
        if op.part == "load":
            write({"row": asdict(row(op))})

    stop = asyncio.Event()
    watching = asyncio.create_task(_stop_at_end(stop))
    client = Client(connections_max=CONNECTIONS_MAX)
    asker = Asker(client, order.url, scenario, headers=order.headers)
    try:
        driven = await drive(load_of(order, scenario), asker, record, stop=stop)
        certificate = (
            None if stop.is_set() else await certify(order.rate_per_s, concurrency(ops), mode=order.mode)
        )
    finally:
        watching.cancel()
        await client.close()
    figures = load_figures(ops, driven, scenario.objectives, certificate)
    verdicts = judge(figures, scenario.objectives)
    write(
        {
            "end": {
                "figures": figures.model_dump(mode="json"),
                "verdicts": [each.as_json() for each in verdicts],
            }
        }
    )


def load_of(order: Order, scenario: Scenario) -> Load:
    """The load of an order: Poisson arrivals, and all questions that have an answer."""
    questions = tuple(each for each in scenario.questions if each.answerable and not each.blocked)
    if not questions:
        raise UsageError(f"{scenario.name}: there is no question that has an answer; a load needs one")
    return Load(steady(order.rate_per_s, order.duration_s, seed=order.seed), questions, order.mode)


class Lines:
    """JSON lines to standard output by a thread of their own, so that a slow reader does not hold up the engine."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def __call__(self, document: dict[str, Any]) -> None:
        """Write it soon."""
        self._queue.put(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))

    @contextlib.contextmanager
    def flowing(self) -> Iterator["Lines"]:
        """Writes until the context ends, and then all that is left."""
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._queue.put(None)
            thread.join(timeout=10)

    def _run(self) -> None:
        with contextlib.suppress(BrokenPipeError):  # Whoever wanted to know is gone, and so are we soon.
            while (line := self._queue.get()) is not None:
                sys.stdout.buffer.write(line)
                sys.stdout.buffer.flush()


async def _stop_at_end(stop: asyncio.Event) -> None:
    await lifeline()
    stop.set()


def main() -> int:
    """Carry out the order on standard input; gives the process's exit code."""
    with Lines().flowing() as write:
        try:
            order = Order(**configuration_from_stdin())
            uvloop.run(send(order, write))
        except HarnessError as error:
            write({"failed": str(error), "exit_code": error.exit_code})
            return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
