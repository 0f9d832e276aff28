"""A load carried out by processes of its own ends with its verdicts, or with a sentence, and leaves nothing running."""

import sys
import threading

import psutil
import pytest

from harness.errors import HarnessError, StackError
from harness.load.apart import LoadApart
from harness.load.order import Order
from tests.states import seen

KNOWN_STACK = (sys.executable, "-m", "harness.load.known_delay")


@pytest.fixture
def order(known_folder):
    """A short load of the scenario `known`, on a stack of its own."""
    return lambda **changes: Order(
        **({"scenario": "known", "url": "", "rate_per_s": 20.0, "duration_s": 1.0, "seed": 1} | changes),
        folders=(str(known_folder),),
    )


def failing(script):
    """A stack's command line that runs this script instead."""
    return (sys.executable, "-c", script)


def test_a_load_on_a_stack_of_its_own_is_sent_and_judged(order):
    """Every request is shown, the verdicts are given, and the processes are gone."""
    before = set(psutil.Process().children(recursive=True))
    rows = []
    verdicts = LoadApart(order(), rows.append, serve=KNOWN_STACK).carry_out()

    assert [row.error for row in rows] == [""] * 20
    assert all(row.ttft_ms >= 8 for row in rows)
    assert {len(row.itl_ms) for row in rows} == {7}
    assert [each.id for each in verdicts] == ["load.arrivals", "load.instrument", "load.goodput"]
    assert verdicts[0].verdict == "holds"
    assert set(psutil.Process().children(recursive=True)) <= before


def test_whole_answers_have_no_first_token(order):
    """Asked for JSON, a row has a response and nothing of a stream."""
    rows = []
    LoadApart(order(mode="json", duration_s=0.3), rows.append, serve=KNOWN_STACK).carry_out()

    assert {(row.ttft_ms, tuple(row.itl_ms)) for row in rows} == {(None, ())}
    assert all(row.response_ms >= 8 for row in rows)


def test_a_load_that_is_stopped_tells_what_it_has(order):
    """Stopped early, the load still gives its rows and verdicts, which are unknown."""
    rows = []
    load = LoadApart(order(duration_s=60.0), rows.append, serve=KNOWN_STACK)
    given = []
    thread = threading.Thread(target=lambda: given.extend(load.carry_out()))
    thread.start()
    seen(lambda: len(rows) >= 5, limit_s=20)
    load.stop()
    thread.join(timeout=10)

    assert not thread.is_alive()
    assert 5 <= len(rows) < 100
    assert {each.verdict for each in given} == {"unknown"}


def test_a_load_that_is_stopped_before_it_began_gives_nothing(order):
    """Stopped while the stack is still coming up, it ends at once without a verdict."""
    load = LoadApart(order(), [].append, serve=failing("import time; time.sleep(60)"))
    given = []
    thread = threading.Thread(target=lambda: given.append(load.carry_out()))
    thread.start()
    seen(lambda: load._processes)
    load.stop()
    thread.join(timeout=10)

    assert given == [()]


@pytest.mark.parametrize(
    ("script", "code", "words"),
    [
        ("raise SystemExit(4)", 4, "known: its stack ended with code 4 before it was ready"),
        ("raise SystemExit(2)", 2, "known: its stack ended with code 2 before it was ready"),
        ("raise SystemExit(1)", 4, "known: its stack ended with code 1 before it was ready"),
        ("print('hello')", 3, "the load: a process said b'hello\\n' where a JSON object belongs"),
    ],
)
def test_a_stack_that_does_not_come_up_says_so(order, script, code, words):
    """The error names the scenario and keeps an exit code that means an error; a violation it can never be."""
    with pytest.raises(HarnessError) as raised:
        LoadApart(order(), [].append, serve=failing(script)).carry_out()

    assert (raised.value.exit_code, str(raised.value)) == (code, words)


def test_a_stack_that_stays_silent_has_a_limit(order, monkeypatch):
    """A stack that never says that it is ready is given up on, and ended."""
    monkeypatch.setattr("harness.load.apart.READY_LIMIT_S", 0.3)
    before = set(psutil.Process().children(recursive=True))
    silent = failing("import sys; sys.stdin.read()")

    with pytest.raises(StackError, match=r"known: its stack is not ready after 0\.3 s"):
        LoadApart(order(), [].append, serve=silent).carry_out()

    assert set(psutil.Process().children(recursive=True)) <= before


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("nope", "nope: there is no such scenario; there are "),
        ("mute", "mute: there is no question that has an answer; a load needs one"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(order, scenario, words):
    """What the engine's process refuses is said here, with its exit code."""
    with pytest.raises(HarnessError) as raised:
        LoadApart(order(scenario=scenario), [].append, serve=KNOWN_STACK).carry_out()

    assert raised.value.exit_code == 2
    assert str(raised.value).startswith(words)


def test_an_engine_that_dies_is_an_error(order, monkeypatch):
    """An engine without a result is an internal error that names its exit code."""
    monkeypatch.setattr("harness.load.apart.SEND", failing("import sys; sys.stdin.readline(); sys.exit(7)"))

    with pytest.raises(HarnessError, match="the load: its process ended with code 7 and no result"):
        LoadApart(order(), [].append, serve=KNOWN_STACK).carry_out()
