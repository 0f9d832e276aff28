"""`opea-harness ask SCENARIO QUESTION`: one question, every hop shown as it happens."""

import asyncio
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from harness.asking import Asker
from harness.commands.options import (
    emit,
    find_scenario,
    find_where,
    header_pairs,
    run_to_end,
    shared,
    targets,
)
from harness.discovery import COMP, discover
from harness.examine import Examined
from harness.history import Op
from harness.megaservice import order
from harness.scenario import Scenario
from harness.stack.ingest import ingest
from harness.stack.stack import Keeping, Stack, Where, raised
from harness.verdict import EXIT_HOLDS, EXIT_VIOLATED
from harness.watch import Watch

WHOLE_BYTES = 1 << 20
SHORT = 110


@dataclass(slots=True)
class Journey:
    """One question's way: every exchange in the order in which it ended, and the answer."""

    op: Op
    gateway: str
    hops: list[Examined] = field(default_factory=list)
    not_asked: list[str] = field(default_factory=list)
    blind: dict[str, str] = field(default_factory=dict)

    @property
    def first_wrong(self) -> Examined | None:
        """The first hop at which something was wrong, by the time the request came."""
        wrong = [each for each in self.hops if each.wrong]
        return min(wrong, key=lambda each: each.exchange.began_ns, default=None)

    @property
    def exit_code(self) -> int:
        """0 when every hop and the answer are right, else 1."""
        return EXIT_HOLDS if self.op.ok and self.first_wrong is None else EXIT_VIOLATED


@click.command(epilog='Example: opea-harness ask rag "How do I buy a ticket?" --full')
@click.argument("scenario")
@click.argument("question")
@click.option("--full", is_flag=True, help="Requests and replies in full.")
@click.option("--stream/--no-stream", default=True, show_default=True, help="Ask for a streamed answer.")
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="NAME:VALUE",
    help="Sent with the question; may be given again.",
)
@targets
@shared
def ask(scenario: str, question: str, **options: Any) -> int:
    """Ask SCENARIO one QUESTION and show every hop: node, route, status, time, request and reply.

    The first wrong hop stands in red, with what was expected and what came; the exit code is 1 then. With --gateway URL the
    nodes named by --node are watched too, if they are mocks or wires of the harness.
    """
    where, found = find_where(options), find_scenario(scenario, options["folders"])
    headers = header_pairs(options["headers"])
    with tempfile.TemporaryDirectory(prefix="opea-harness-") as folder:
        keeping = Keeping(Path(folder), keep_bytes=WHOLE_BYTES, seed=options["seed"])
        journey = run_to_end(_ask(found, where, keeping, question, options | {"headers": headers}))
    if options["as_json"]:
        emit(_as_json(found, question, journey))
    return journey.exit_code


async def _ask(
    scenario: Scenario, where: Where, keeping: Keeping, question: str, options: dict[str, Any]
) -> Journey:
    shown = Console(quiet=options["as_json"], highlight=False, soft_wrap=True)
    async with raised(scenario, where, keeping) as stack:
        await ingest(stack)
        watch = Watch(stack, discover(COMP, where.folders))
        await watch.begin()
        op = Op("ask-1", "ask", "", "stream" if options["stream"] else "json")
        journey = Journey(op, stack.endpoint, blind=watch.blind)
        asker = Asker(stack.client, stack.endpoint, scenario, headers=options["headers"])
        answered: asyncio.Future[Any] = asyncio.ensure_future(asker.ask(op, question))
        try:
            await asyncio.sleep(0)  # Lets the question go out, and the op have its trace.
            async for examined in watch.until(answered, op.trace_id if stack.ours else ""):
                journey.hops.append(examined)
                _show_hop(shown, examined, full=options["full"])
            await answered
        finally:
            answered.cancel()
        _finish(stack, journey)
    _show_end(shown, journey)
    return journey


def _finish(stack: Stack, journey: Journey) -> None:
    asked = {each.exchange.node for each in journey.hops}
    for name in order(stack.scenario.megaservice):
        if name not in stack.hops:
            journey.blind.setdefault(name, f"its address is not known; --node {name}=URL names it")
        elif name not in asked and name not in journey.blind:
            journey.not_asked.append(name)


def _show_hop(console: Console, examined: Examined, *, full: bool) -> None:
    exchange = examined.exchange
    mark, colour = ("✗", "red") if examined.wrong else ("✓", "green")
    fault = f"  [yellow]{exchange.fault}[/]" if exchange.fault else ""
    console.print(
        f"[{colour}]{mark} {exchange.node:<14}[/] {exchange.method} {escape(exchange.path):<24} "
        f"[{colour}]{exchange.status or exchange.error or 'no reply'}[/] {examined.took_ms:8.1f} ms{fault}"
    )
    console.print(f"    [dim]→ {escape(_shown(exchange.request, full=full))}[/]")
    console.print(f"    [dim]← {escape(_shown(exchange.reply, full=full))}[/]")
    if examined.wrong:
        console.print(f"    [red]expected  {escape(examined.wrong.expected)}[/]")
        console.print(f"    [red]came      {escape(examined.wrong.actual)}[/]")


def _shown(text: str, *, full: bool) -> str:
    words = text if full else " ".join(text.split())
    return words if full or len(words) <= SHORT else f"{words[:SHORT]}… ({len(text)} characters)"


def _show_end(console: Console, journey: Journey) -> None:
    op = journey.op
    for name in journey.not_asked:
        console.print(f"[yellow]· {name:<14}[/] was not asked")
    for name, why in journey.blind.items():
        console.print(f"[yellow]? {name:<14}[/] {escape(why)}")
    took_ms = (op.ended_ns - op.sent_ns) / 1e6
    if op.ok:
        console.print(
            f"\n[green]answer[/] ({op.status}, {op.tokens} tokens, {took_ms:.0f} ms)\n{escape(op.text)}"
        )
    else:
        empty = "an empty answer: " if op.status == 200 and not op.text else ""
        console.print(
            f"\n[red]no answer[/] (HTTP {op.status}, {took_ms:.0f} ms): {empty}{escape(op.error)} {escape(op.detail)}"
        )
    wrong = [each for each in journey.hops if each.wrong]
    if journey.first_wrong is not None:
        console.print(
            f"[red]first wrong hop: {journey.first_wrong.exchange.node}[/] ({len(wrong)} of {len(journey.hops)} are wrong)"
        )


def _as_json(scenario: Scenario, question: str, journey: Journey) -> dict[str, object]:
    op, first = journey.op, journey.first_wrong
    return {
        "scenario": scenario.name,
        "question": question,
        "gateway": journey.gateway,
        "verdict": "holds" if journey.exit_code == EXIT_HOLDS else "violated",
        "answer": {
            "ok": op.ok,
            "status": op.status,
            "text": op.text,
            "tokens": op.tokens,
            "ms": (op.ended_ns - op.sent_ns) / 1e6,
            "error": op.error,
            "detail": op.detail,
            "problem": op.problem,
        },
        "hops": [_hop_json(each) for each in journey.hops],
        "first_wrong": first.exchange.node if first else None,
        "not_asked": journey.not_asked,
        "unseen": journey.blind,
    }


def _hop_json(examined: Examined) -> dict[str, object]:
    exchange = examined.exchange
    return {
        "node": exchange.node,
        "comp": examined.comp,
        "route": f"{exchange.method} {exchange.path}",
        "status": exchange.status,
        "ms": examined.took_ms,
        "request": exchange.request,
        "reply": exchange.reply,
        "fault": exchange.fault,
        "verdict": "violated" if examined.wrong else "holds",
        "expected": examined.wrong.expected if examined.wrong else "",
        "actual": examined.wrong.actual if examined.wrong else "",
    }
