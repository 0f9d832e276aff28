"""The process of wires: configured in one line, ready in one line, gone with its standard input."""

import json
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

import pytest


@contextmanager
def process(*argv):
    """The process, its pipes open; whatever happens it is gone afterwards."""
    child = subprocess.Popen(
        [sys.executable, "-m", "harness.wire", *argv],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def settings(**more):
    return {"wires": [{"node": "llm", "comp": "llms", "upstream": "http://127.0.0.1:1"}], **more}


@pytest.mark.parametrize("by", ["argument", "standard input"])
def test_it_says_when_it_is_ready(by):
    """The configuration comes either way; the ready line names every wire and the admin port, which answers."""
    line = json.dumps(settings())
    with process(*([line] if by == "argument" else [])) as child:
        if by == "standard input":
            child.stdin.write(line.encode() + b"\n")
            child.stdin.flush()
        ready = json.loads(child.stdout.readline())
        with urllib.request.urlopen(f"{ready['admin']}/_harness/llm/faults", timeout=10) as answer:
            found = json.load(answer)

    assert ready["ready"] is True
    assert list(ready["urls"]) == ["llm"]
    assert found == {"node": "llm", "faults": {}}


def test_it_ends_with_its_standard_input(tmp_path):
    """When the parent lets go it ends with code 0, and the journal is there."""
    journal = tmp_path / "journal.jsonl"
    with process(json.dumps(settings(journal=str(journal)))) as child:
        child.stdout.readline()
        child.stdin.close()
        child.stdin = None
        code = child.wait(timeout=10)

    assert code == 0
    assert journal.read_bytes() == b""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "wires: the configuration is no JSON"),
        ('{"wires": [{"node": "llm"}]}', "wires: wires.0.upstream: Field required"),
        (
            '{"wires": [{"node": "llm", "upstream": "nowhere"}]}',
            "upstream: 'nowhere' is no address of a node",
        ),
    ],
)
def test_a_bad_configuration_is_one_sentence(line, words):
    """What is wrong is said on standard error, without a traceback, and the code is not 0."""
    with process(line) as child:
        _, errors = child.communicate(timeout=20)

    assert child.returncode == 1
    assert errors.decode().startswith(words)
    assert "Traceback" not in errors.decode()
