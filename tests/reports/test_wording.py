"""How figures and verdicts read."""

import pytest

from reports.wording import count, listed, moment, number, plural, seconds, share, shortened, worst


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"),
        (0.0004, "<0.001"),
        (0.31, "0.310"),
        (0.9999, "0.999"),
        (4.2, "4.20"),
        (9.999, "10.0"),
        (42.42, "42.4"),
        (99.96, "100"),
        (1234.5, "1,234"),
        (-3.5, "-3.50"),
    ],
)
def test_a_number_has_three_significant_digits_and_never_rounds_up_to_one(value, words):
    """A figure reads the same wherever it stands."""
    assert number(value) == words


def test_a_share_just_below_a_floor_does_not_read_as_the_floor():
    """0.98996 is not 0.990."""
    assert share(0.98996) == "0.989"
    assert share(0.57) == "0.570"
    assert share(1.0) == "1.000"


def test_counts_and_nouns_agree():
    """One check, several checks."""
    assert plural(1, "check") == "1 check"
    assert plural(1200, "check") == "1,200 checks"
    assert count(1_000_000) == "1,000,000"


def test_a_long_duration_is_said_in_minutes():
    """Below a minute seconds do."""
    assert seconds(20.14) == "20.1 s"
    assert seconds(90.2) == "1 min 30 s"


def test_the_weightiest_word_wins():
    """Violated over unknown over holds over n/a; of nothing, n/a."""
    assert worst(["holds", "unknown", "violated"]) == "violated"
    assert worst(["holds", "unknown"]) == "unknown"
    assert worst(["n/a", "holds"]) == "holds"
    assert worst([]) == "n/a"


def test_a_text_is_shortened_to_one_line_with_an_ellipsis():
    """What fits stays as it is."""
    assert shortened("a  b\nc", 10) == "a b c"
    assert shortened("a long sentence", 8) == "a long…"


def test_a_long_list_says_how_many_are_left_out():
    """A short list is whole."""
    assert listed(["a", "b"], 2) == "a, b"
    assert listed("abcde", 2) == "a, b and 3 more"


def test_a_moment_is_read_to_the_minute():
    """What is no time stays what it is."""
    assert moment("2026-11-22T14:03:12+00:00") == "2026-11-22 14:03 UTC"
    assert moment("2026-11-22T14:03:12") == "2026-11-22 14:03"
    assert moment("yesterday") == "yesterday"
