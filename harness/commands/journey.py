"""One question's way through the graph: what is shown of it, and what it comes to."""

from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape

from harness.commands.paper import Paper
from harness.examine import Examined
from harness.history import Op
from harness.megaservice import order
from harness.scenario import Scenario
from harness.stack.stack import Stack
from harness.verdict import EXIT_HOLDS, EXIT_VIOLATED

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


def finish(journey: Journey, stack: Stack) -> None:
    """Note which nodes were not asked, and of which nothing is known."""
    asked = {each.exchange.node for each in journey.hops}
    journey.blind |= stack.unknown
    for name in order(stack.scenario.megaservice):
        if name not in asked and name not in journey.blind:
            journey.not_asked.append(name)


def screen(*, quiet: bool) -> Console:
    """Where hops are shown to a person."""
    return Paper(quiet=quiet, highlight=False, soft_wrap=True)


def show_hop(console: Console, examined: Examined, *, full: bool) -> None:
    """One hop: its line, its request and reply, and in red what was expected and what came."""
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


def _answer(text: str, *, full: bool) -> str:
    """An answer is shown as it is; only sound and pictures, which are base64, are shortened."""
    return _shown(text, full=full) if text.isascii() and " " not in text else text


def show_end(console: Console, journey: Journey, *, full: bool = False) -> None:
    """Who was not asked, who could not be seen, the answer, and the first wrong hop."""
    op = journey.op
    for name in journey.not_asked:
        console.print(f"[yellow]· {name:<14}[/] was not asked")
    for name, why in journey.blind.items():
        console.print(f"[yellow]? {name:<14}[/] {escape(why)}")
    if journey.blind and not journey.hops:
        console.print(
            "  [dim]no hop is seen; `opea-harness doctor` says what is wrong with the containers behind it[/]"
        )
    took_ms = (op.ended_ns - op.sent_ns) / 1e6
    if op.ok:
        answer = escape(_answer(op.text, full=full))
        console.print(f"\n[green]answer[/] ({op.status}, {op.tokens} tokens, {took_ms:.0f} ms)\n{answer}")
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


def as_json(scenario: Scenario, question: str, journey: Journey) -> dict[str, object]:
    """The journey as one JSON document."""
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
