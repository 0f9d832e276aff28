"""What a terminal shows."""

import io
import re

import pytest
from rich.console import Console

from reports.summary import print_summary


def printed(report, width: int = 140) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    print_summary(report, console)
    return console.file.getvalue()


@pytest.mark.parametrize("kind", ["holds", "violated", "unknown", "interrupted", "empty", "branching"])
@pytest.mark.parametrize("width", [60, 140])
def test_any_report_is_printed_within_the_terminal(made, kind, width):
    """Narrow or wide."""
    text = printed(made(kind), width)

    assert max(map(len, text.splitlines())) <= width


def test_a_narrow_terminal_tears_no_word_of_a_head(made):
    """Of the nodes' table, in 80 columns; in a wide one a head is not broken more than it has to be."""
    narrow, wide = printed(made("holds"), 80), printed(made("holds"))

    assert re.search(r"caller +caller +caller +node +critical +first *\n", narrow)
    assert "caller sees, ms    caller sees, ms" in wide


def test_the_verdict_and_its_reasons_come_last(made):
    """That is where one looks after a run."""
    lines = printed(made("violated")).splitlines()
    at = lines.index("✕ Violated: 3 of 125 checks do not hold, and 1 check could not be decided")

    assert lines[at + 1] == "  genuine images: 0 of 5"
    assert "llm: the error does not name the node (chaos.status-429.llm.stream)" in lines[at + 2]
    assert lines[-1].strip() == "3 violated, 1 unknown, 121 holds, 26 n/a"


def test_markup_in_a_reply_is_printed_as_it_is(made):
    """Square brackets are no styles."""
    report = made("empty").model_copy(update={"warnings": ["got [bold]x[/bold]"]})

    assert "warning: got [bold]x[/bold]" in printed(report)
