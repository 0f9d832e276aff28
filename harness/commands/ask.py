"""`opea-harness ask SCENARIO QUESTION`, or `ask --megaservice FILE QUESTION`: one question, every hop shown as it happens."""

import asyncio
import sys
from typing import Any

import click

from harness.asking import Asker
from harness.commands.journey import Journey, as_json, finish, screen, show_end, show_hop
from harness.commands.megaservice import of_file, questioned
from harness.commands.options import emit, header_pairs, run_to_end, scratch, shared, targets
from harness.commands.steps import Steps
from harness.discovery import COMP, discover
from harness.history import Mode, Op
from harness.scenario import Scenario
from harness.stack.ingest import ingest
from harness.stack.stack import Keeping, Where, raised
from harness.watch import Watch

WHOLE_BYTES = 1 << 20


@click.command(epilog='Example: opea-harness ask rag "How do I buy a ticket?" --full')
@click.argument("scenario", required=False)
@click.argument("question", required=False, metavar="QUESTION")
@of_file
@click.option("--full", is_flag=True, help="Requests and replies in full.")
@click.option(
    "--stream/--no-stream",
    default=None,
    help="Ask for a streamed answer, or for a whole one. [default: a stream where SCENARIO or FILE gives one]",
)
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="NAME:VALUE",
    help="Sent with the question; may be given again.",
)
@targets
@shared
def ask(scenario: str | None, question: str | None, **options: Any) -> int:
    """Ask SCENARIO, or a megaservice FILE of your own, one QUESTION and show every hop: node, route, status, time, request and reply.

    The first wrong hop stands in red, with what was expected and what came; the exit code is 1 then. With --gateway URL the
    nodes named by --node are watched too, if they are mocks or wires of the harness.
    """
    found, where, question = questioned(scenario, question, options)
    headers = header_pairs(options["headers"])
    with scratch() as folder:
        keeping = Keeping(folder, keep_bytes=WHOLE_BYTES, seed=options["seed"])
        journey = run_to_end(_ask(found, where, keeping, question, options | {"headers": headers}))
    if options["as_json"]:
        emit(as_json(found, question, journey))
    return journey.exit_code


async def _ask(
    scenario: Scenario, where: Where, keeping: Keeping, question: str, options: dict[str, Any]
) -> Journey:
    shown = screen(quiet=options["as_json"])
    async with raised(scenario, where, keeping, Steps(sys.stderr, quiet=options["quiet"])) as stack:
        await ingest(stack)
        watch = Watch(stack, discover(COMP, where.folders))
        await watch.begin()
        op = Op("ask-1", "ask", "", _mode(scenario, options["stream"]))
        journey = Journey(op, stack.endpoint, blind=watch.blind)
        asker = Asker(stack.client, stack.endpoint, scenario, headers=options["headers"])
        answered: asyncio.Future[Any] = asyncio.ensure_future(asker.ask(op, question))
        try:
            await asyncio.sleep(0)  # Lets the question go out, and the op have its trace.
            hands_on = stack.ours and where.gateway == "reference"  # opea-comps hands no trace context on.
            async for examined in watch.until(answered, op.trace_id if hands_on else ""):
                journey.hops.append(examined)
                show_hop(shown, examined, full=options["full"])
            await answered
        finally:
            answered.cancel()
        finish(journey, stack)
    show_end(shown, journey, full=options["full"])
    return journey


def _mode(scenario: Scenario, stream: bool | None) -> Mode:  # noqa: FBT001 - an option with a yes, a no and neither
    wanted = "stream" in scenario.modes if stream is None else stream
    return "stream" if wanted else "json"
