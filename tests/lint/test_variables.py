"""compose's variables."""

import pytest

from harness.lint.variables import Use, assigned, filled, uses


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("$A/${A}", "a/a"),
        ("${NONE}", ""),
        ("${NONE:-d}", "d"),
        ("${EMPTY:-d}", "d"),
        ("${EMPTY-d}", ""),
        ("${NONE:-${A:-x}}", "a"),
        ("${NONE:-http://${NONE:-h}:1}", "http://h:1"),
        ("${A:+set}", "set"),
        ("${NONE:+set}", ""),
        ("${NONE:?why}", None),
        ("${A:?why}", "a"),
        ("$$A and $ 5", "$A and $ 5"),
        ("${UNKNOWN}", None),
        ("${A", "a"),
    ],
)
def test_a_text_is_read_as_compose_reads_it(text, value):
    """Defaults, alternatives, errors, dollars; None where only a shell knows."""
    assert filled(text, {"A": "a", "EMPTY": "", "UNKNOWN": None}) == value


def test_every_use_is_found_those_in_defaults_too():
    """In order."""
    found = uses("$A ${B:-${C}} ${D?x} $$E")

    assert found == [Use("A"), Use("B", ":-", "${C}"), Use("C"), Use("D", "?", "x")]
    assert [use.is_bare for use in found] == [True, False, True, False]


def test_an_env_file_and_a_script_set_variables():
    """Quotes and comments are taken off; what a shell works out is given, but not known."""
    text = "A=1\nexport B='two $x'\n C=\"3\" \nD=4 # four\nE=$(date)\nF=$A\n# G=7\nif x; then\nH=\n"

    assert assigned(text) == {"A": "1", "B": "two $x", "C": "3", "D": "4", "E": None, "F": None, "H": ""}
