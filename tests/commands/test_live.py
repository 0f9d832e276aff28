"""Live progress, on a terminal and elsewhere."""

import io

from harness.commands.live import Live


class Terminal(io.StringIO):
    """What says of itself that a person looks at it."""

    def isatty(self):
        """It does."""
        return True


def gone_through(stream):
    with Live(stream) as live:
        live.begin("chaos", 3)
        live.step("noop.llm.json")
        live.step("status-500.llm.json", failed=True)
        live.step("[/red] is no markup of ours")
        live.end()
        live.begin("traces", 0)
        live.end("12 spans of 3 traces read back from ['a', 'b']")
    return stream.getvalue()


def test_without_a_terminal_each_part_is_one_line():
    """In a log nothing is drawn over."""
    assert gone_through(io.StringIO()) == (
        "chaos: 3 done, 1 failed\ntraces: 12 spans of 3 traces read back from ['a', 'b']\n"
    )


def test_what_is_waited_for_is_a_line_of_its_own_where_nothing_is_drawn():
    """And no step."""
    stream = io.StringIO()
    with Live(stream) as live:
        live.begin("stack", 2)
        live.step("db started", waits=True)
        live.step("db ready")
        live.end()

    assert stream.getvalue() == "stack: db started\nstack: 1 done\n"


def test_on_a_terminal_it_is_drawn():
    """How far each part is, and how many failed; what looks like markup is shown as it is."""
    text = gone_through(Terminal())

    assert "chaos" in text
    assert "3/3" in text
    assert "1 failed" in text
    assert "read back from ['a'," in text


def test_words_are_not_broken_into_lines():
    """However long; a line is what a program reads."""
    stream = io.StringIO()
    with Live(stream) as live:
        live.begin("stack", 0)
        live.end("x" * 500)

    assert stream.getvalue() == f"stack: {'x' * 500}\n"
