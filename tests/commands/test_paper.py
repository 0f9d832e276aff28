"""What is printed for a reader who may leave."""

import os
import subprocess

import pytest

from tests.commands.command import COMMAND


@pytest.mark.parametrize("words", [("comps",), ("comps", "--json")], ids=["text", "json"])
def test_a_reader_who_leaves_changes_no_exit_code(words):
    """`| head -1` has closed the pipe before anything is written: nothing is said of it, and 1 would mean violated."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([COMMAND, *words], stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writer)

    assert (done.returncode, done.stderr) == (0, b"")


def test_what_stands_for_a_reader_who_leaves_is_interrupted():
    """Taken down without a word, with the code of Ctrl-C."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [COMMAND, "mock", "embeddings"], stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False
    )
    os.close(writer)

    assert (done.returncode, done.stderr) == (130, b"")
