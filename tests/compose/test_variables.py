"""What gives variables their values, and what is lacking."""

import pytest

from harness.compose.variables import environment, lacking, settings
from harness.errors import UsageError


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=plain", "plain"),
        ("export A=plain # why", "plain"),
        ("A=", ""),
        ("A=# nothing", ""),
        ("A=a#b", "a#b"),
        ("A='$HOME # kept'", "$HOME # kept"),
        ('A="two words"', "two words"),
        (r'A="a\nb \$B"', "a\nb $B"),
        ("A=http://${B}:80", "http://b:80"),
        ("A=${C:-d}", "d"),
        ("A = spaced ", "spaced"),
    ],
)
def test_an_env_file_is_read_as_compose_reads_it(tmp_path, line, value):
    """Quotes, comments, and the variables that were there before."""
    path = tmp_path / ".env"
    path.write_text(f"# a comment\n{line}\nno setting\n")

    assert settings(path, {"B": "b"}) == {"A": value}


def test_a_setting_may_use_those_above_it(tmp_path):
    """And what the shell gives goes before them."""
    path = tmp_path / ".env"
    path.write_text("A=1\nB=${A}2\n")

    assert settings(path, {}) == {"A": "1", "B": "12"}
    assert settings(path, {"A": "9"})["B"] == "92"


def test_the_shell_goes_before_the_file_and_a_named_file_replaces_the_usual_one(tmp_path):
    """As compose has it."""
    (tmp_path / ".env").write_text("A=beside\nB=beside\n")
    (tmp_path / "other.env").write_text("A=other\n")

    assert environment({"B": "shell"}, None, tmp_path) == {"A": "beside", "B": "shell"}
    assert environment({"B": "shell"}, tmp_path / "other.env", tmp_path) == {"A": "other", "B": "shell"}


def test_an_env_file_that_is_not_there_is_named(tmp_path):
    """Usage."""
    with pytest.raises(
        UsageError, match=r"--env-file .*no\.env: is no file; it holds lines such as HF_TOKEN="
    ):
        environment({}, tmp_path / "no.env", tmp_path)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("plain $$A", []),
        ("$A ${B}", ["A", "B"]),
        ("${A:-x} ${B-x} ${A:+x}", []),
        ("${A:-$B}", ["B"]),
        ("${HERE:-$B}", []),
        ("${HERE:+$B}", ["B"]),
        ("${A?why} ${EMPTY?why} ${EMPTY:?why}", ["A", "EMPTY"]),
        ("${EMPTY}", []),
    ],
)
def test_what_is_lacking_is_what_the_text_needs_and_nothing_gives(text, names):
    """A default that is not taken needs nothing."""
    assert [use.name for use in lacking(text, {"HERE": "x", "EMPTY": ""})] == names
