"""Verdicts and the exit codes made of them."""

import pytest

from harness.verdict import counts, exit_code, holds, not_applicable, overall, unknown, violated

HOLDS = holds("a", "x")
VIOLATED = violated("b", "x", "wrong")
UNKNOWN = unknown("c", "x", "not seen")
NOT_APPLICABLE = not_applicable("d", "x", "makes no sense")


@pytest.mark.parametrize(
    ("verdicts", "word", "code"),
    [
        ([HOLDS], "holds", 0),
        ([HOLDS, NOT_APPLICABLE], "holds", 0),
        ([HOLDS, UNKNOWN], "unknown", 6),
        ([HOLDS, UNKNOWN, VIOLATED], "violated", 1),
        ([NOT_APPLICABLE], "unknown", 5),
        ([], "unknown", 5),
    ],
)
def test_violated_goes_before_unknown_and_nothing_counted_is_never_green(verdicts, word, code):
    """The word and the exit code of several verdicts."""
    assert (overall(verdicts), exit_code(verdicts)) == (word, code)


def test_verdicts_are_counted_by_their_word():
    """Each word has its count, also where it is 0."""
    assert counts([HOLDS, HOLDS, UNKNOWN]) == {"holds": 2, "violated": 0, "unknown": 1, "n/a": 0}


def test_a_verdict_is_plain_data():
    """What verdicts.json holds."""
    assert VIOLATED.as_json() == {
        "id": "b",
        "subject": "x",
        "verdict": "violated",
        "why": "wrong",
        "expected": "",
        "actual": "",
        "evidence": (),
        "repeat": "",
        "seed": None,
    }
