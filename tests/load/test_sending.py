"""The engine's process takes an order on standard input and answers in JSON lines."""

import json
import subprocess
import sys
from dataclasses import asdict

import pytest

from harness.load.order import Order

SEND = [sys.executable, "-m", "harness.load.sending"]


@pytest.fixture
def gateway():
    """The URL of a known-delay server in a process of its own."""
    command = [sys.executable, "-m", "harness.load.known_delay"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield json.loads(process.stdout.readline())["urls"]["gateway"]
        process.stdin.close()
        process.wait(10)


def sent(first_line, *, hold=True):
    """The exit code and the lines of an engine's process that was told this; its input stays open unless not held."""
    with subprocess.Popen(SEND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(first_line + b"\n")
        process.stdin.flush()
        if not hold:
            process.stdin.close()
        lines = [json.loads(line) for line in process.stdout]
        return process.wait(10), lines


def order(url, known_folder, **changes):
    """An order for a second of the scenario `known`, as a line."""
    given = Order("known", url, 20.0, 1.0, 1, folders=(str(known_folder),))
    return json.dumps(asdict(given) | changes).encode()


def test_rows_come_first_and_then_the_end(gateway, known_folder):
    """Each request is a row, the end holds figures with their certificate, and the verdicts."""
    code, lines = sent(order(gateway, known_folder))
    *rows, last = lines

    assert code == 0
    assert [set(line) for line in rows] == [{"row"}] * 20
    assert last["end"]["figures"]["sent"] == 20
    assert last["end"]["figures"]["certificate"]["failed"] == 0
    assert [each["id"] for each in last["end"]["verdicts"]] == [
        "load.arrivals",
        "load.instrument",
        "load.goodput",
    ]


def test_the_end_of_its_input_stops_the_load(gateway, known_folder):
    """Let go of, the process ends at once and says how far it came; it certifies nothing then."""
    code, lines = sent(order(gateway, known_folder, duration_s=60.0), hold=False)
    end = lines[-1]["end"]

    assert code == 0
    assert end["figures"]["sent"] < 1200
    assert "failed" not in end["figures"]["certificate"]
    assert {each["verdict"] for each in end["verdicts"]} == {"unknown"}


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        (b"hello", 4, "standard input: b'hello\\n' is no JSON"),
        (
            b'{"scenario": "nope", "url": "", "rate_per_s": 1, "duration_s": 1, "seed": 0}',
            2,
            "nope: there is no such",
        ),
        (
            b'{"scenario": "rag", "url": "", "rate_per_s": 0, "duration_s": 1, "seed": 0}',
            2,
            "rate: 0 per second",
        ),
    ],
)
def test_what_cannot_be_sent_is_said(line, code, words):
    """An order that makes no sense is one line that says so, with an exit code."""
    actual, lines = sent(line)

    assert (actual, lines[-1]["exit_code"]) == (code, code)
    assert lines[-1]["failed"].startswith(words)
