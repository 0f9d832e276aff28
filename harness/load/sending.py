"""A load in a process of its own, for a front end that cannot run the engine itself: locust's is patched for gevent.

    python -m harness.load.sending

The first line on standard input says what to send (`Order`); when standard input ends, the load is stopped. On standard
output goes one JSON line for each request as it ends (`{"row": {...}}`) and one when all is over (`{"end": {...}}`) with
figures and verdicts, or `{"failed": ..., "exit_code": ...}` in its place.
"""

import asyncio
import sys
from dataclasses import asdict

from harness.asking import Asker
from harness.client import Client
from harness.errors import HarnessError
from harness.history import Op
from harness.load.certificate import certify
from harness.load.engine import drive
from harness.load.figures import concurrency, load_figures
from harness.load.judging import judge
from harness.load.order import Order, load_of, scenario_of
from harness.load.rows import Lines, row
from harness.processes.child import configuration_from_stdin, lifeline

CONNECTIONS_MAX = 8192


async def send(order: Order, write: Lines) -> None:
    """Send the load of this order, and write what comes of it."""
    scenario = scenario_of(order)
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


async def _stop_at_end(stop: asyncio.Event) -> None:
    await lifeline()
    stop.set()


def main() -> int:
    """Carry out the order on standard input; gives the process's exit code."""
    import uvloop

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
