"""Defaults of one's own, from a file."""

import click
import pytest

from harness.commands.defaults import defaults, flags_of_file
from harness.errors import UsageError
from tests.commands.command import run, sentence

COMMAND = click.Command(
    "run",
    params=[click.Option(["--rate"], type=float), click.Option(["--node", "nodes"], multiple=True)],
)


@pytest.mark.parametrize(
    ("name", "head"), [("opea-harness.toml", "[run]"), ("pyproject.toml", "[tool.opea-harness.run]")]
)
def test_a_file_where_the_command_is_typed_gives_defaults(tmp_path, name, head):
    """By the options' names; a command that it does not name has none."""
    (tmp_path / name).write_text(f'{head}\nrate = 20\nnode = ["llm=mock"]\n')

    assert defaults(tmp_path, COMMAND) == {"rate": 20, "nodes": ["llm=mock"]}
    assert defaults(tmp_path, click.Command("ask")) == {}
    assert defaults(tmp_path / "elsewhere", COMMAND) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[run]\nrat = 1\n", r"opea-harness.toml: \[run\]: there is no option --rat; there are node, rate"),
        ("[run\n", "opea-harness.toml: cannot be read as TOML: "),
    ],
    ids=["option", "toml"],
)
def test_what_makes_no_sense_is_one_sentence(tmp_path, text, said):
    """With the file's name."""
    (tmp_path / "opea-harness.toml").write_text(text)

    with pytest.raises(UsageError, match=said):
        defaults(tmp_path, COMMAND)


def test_flags_win(tmp_path):
    """The file's value is checked as a flag's is, and one that is typed stands in its place."""
    (tmp_path / "opea-harness.toml").write_text("[mock]\nport = 70000\n")
    refused = run("mock", "embeddings", cwd=tmp_path)
    typed = run("mock", "nope", "--port", "0", cwd=tmp_path)

    assert (refused.returncode, "--port: 70000 is not in the range" in sentence(refused)) == (2, True)
    assert (typed.returncode, "nope: there is no such comp" in sentence(typed)) == (2, True)


def test_what_the_file_gave_can_be_typed_elsewhere():
    """So that a report's command repeats the run; what was typed stands there already."""
    said = []
    flag = click.Option(["--quiet"], is_flag=True)
    command = click.Command(
        "run", params=[*COMMAND.params, flag], callback=lambda **_given: said.extend(flags_of_file())
    )
    given = {"rate": 20, "nodes": ["a=mock", "b=mock"], "quiet": True}
    command.main(["--rate", "5"], standalone_mode=False, default_map=given)

    assert said == ["--node", "a=mock", "--node", "b=mock", "--quiet"]
