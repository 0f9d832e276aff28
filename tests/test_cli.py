"""The command `opea-harness`: its help, its exit codes, and how it ends when something goes wrong."""

import subprocess
import sys

import click
import pytest

from harness import cli
from harness.cli import COMMANDS, main
from harness.errors import StackError
from tests.commands.command import COMMAND, run


@pytest.fixture
def ended(monkeypatch, capsys):
    """Return what gives the command some words, in this process; gives the exit code and what was said."""

    def end(*words):
        monkeypatch.setattr(sys, "argv", ["opea-harness", *words])
        with pytest.raises(SystemExit) as caught:
            main()
        said = capsys.readouterr()
        return caught.value.code, said.out, said.err

    return end


def test_help_shows_every_command(ended):
    """With what to type first."""
    code, out, _ = ended("--help")

    assert code == 0
    assert 'opea-harness ask rag "When does ...?"    one question, every hop shown' in out
    assert all(f"\n  {name} " in out for name in COMMANDS)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "setup"])
def test_every_commands_help_has_an_example(ended, name):
    """That a reader can copy."""
    code, out, _ = ended(name, "--help")

    assert code == 0
    assert f"Example: opea-harness {name}" in " ".join(out.split())


def test_the_version_is_the_distributions(ended):
    """As the wheel has it."""
    code, out, _ = ended("--version")

    assert (code, out) == (0, "opea-harness, version 0.1.0\n")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("nope",), "opea-harness: no such command 'nope'; `opea-harness --help` shows what there is\n"),
        (("--nope",), "opea-harness: no such option '--nope'; `opea-harness --help` shows what there is\n"),
        (
            ("serve", "--port"),
            "opea-harness: option '--port' requires an argument; `opea-harness --help` shows what there is\n",
        ),
        (
            ("comps", "a", "b"),
            "opea-harness: got unexpected extra argument (b); `opea-harness comps --help` shows what there is\n",
        ),
        (
            ("comps", "--quite"),
            "opea-harness: no such option '--quite' (did you mean '--quiet'?); `opea-harness comps --help` shows what there is\n",
        ),
    ],
    ids=["command", "option", "argument", "extra", "nearly"],
)
def test_words_that_make_no_sense_are_said(ended, words, expected):
    """The exit code is that of a wrong use."""
    code, out, err = ended(*words)

    assert (code, out, err) == (2, "", expected)


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (StackError("gateway: is not there"), 4, "opea-harness: gateway: is not there\n"),
        (KeyboardInterrupt(), 130, "opea-harness: interrupted; everything that was started is gone\n"),
        (click.Abort(), 130, "opea-harness: interrupted; everything that was started is gone\n"),
        (ValueError("a slip"), 3, "opea-harness: internal error: ValueError: a slip\nTraceback"),
    ],
    ids=["ours", "interrupt", "abort", "slip"],
)
def test_what_goes_wrong_is_a_sentence_and_a_code(ended, monkeypatch, error, code, sentence):
    """Only a slip of ours has a traceback, since somebody has to find it."""

    def failing(**_):
        raise error

    monkeypatch.setattr(cli.cli, "main", failing)
    seen, out, err = ended("comps")

    assert (seen, out) == (code, "")
    assert err.startswith(sentence)


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    """`opea-harness comps | head` ends without a word."""
    command = f"{COMMAND} comps --json | head -c 1"
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.stdout, done.stderr) == ("{", "")


def test_the_module_is_the_command_too(tmp_path):
    """Where scripts are not on the path."""
    done = subprocess.run(
        [sys.executable, "-m", "harness.cli", "--version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout == run("--version", cwd=tmp_path).stdout
