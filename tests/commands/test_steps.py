"""Steps are lines."""

import io

from harness.commands.steps import Steps


def test_each_step_is_a_line_that_stays():
    """One that failed is told apart."""
    stream = io.StringIO()
    with Steps(stream) as steps:
        steps.say("two things")
        steps.begin("things", 2)
        steps.step("one ready [after] 1 s")
        steps.step("two started", waits=True)
        steps.step("two", failed=True)
        steps.end("done")

    assert stream.getvalue().splitlines() == [
        "two things",
        "✓ one ready [after] 1 s",
        "· two started",
        "✗ two",
        "done",
    ]


def test_who_wants_quiet_has_it():
    """Nothing is said."""
    stream = io.StringIO()
    with Steps(stream, quiet=True) as steps:
        steps.begin("things", 1)
        steps.step("one")
        steps.end()

    assert stream.getvalue() == ""
