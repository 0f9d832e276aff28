"""Who is in the hall together, and who is not."""

import subprocess
import sys
import threading

import pytest

from harness.alone import Hall
from tests.states import seen

HELD = """
import sys
from pathlib import Path
from harness.alone import Hall
hall = Hall(Path(sys.argv[1]))
hall.enter(alone=True)
print("inside", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def entering(tmp_path):
    """Return what begins to enter, in a thread of its own, with the hall, the event of being inside, and a limit."""
    threads, halls = [], []

    def begun(*, alone, limit_s=30.0):
        hall, inside = Hall(tmp_path, limit_s), threading.Event()
        halls.append(hall)
        threads.append(threading.Thread(target=lambda: (hall.enter(alone=alone), inside.set())))
        threads[-1].start()
        return hall, inside

    yield begun
    for each in threads:
        each.join(60)
    for each in halls:
        each.close()


def test_many_are_there_together(entering):
    """Nobody waits."""
    inside = [entering(alone=False)[1] for _ in range(3)]

    assert all(each.wait(30) for each in inside)


def test_who_is_alone_is_waited_for(entering):
    """By whoever comes, alone or not, until it leaves; entering so again changes nothing."""
    first, inside = entering(alone=True)
    assert inside.wait(30)
    first.enter(alone=True)
    second, third = entering(alone=False), entering(alone=False)
    assert not second[1].wait(0.2)
    assert not third[1].is_set()

    first.leave()

    assert second[1].wait(30)
    assert third[1].wait(30)


def test_who_waits_to_be_alone_lets_nobody_in_before(entering):
    """Else those who come and go would keep it waiting for ever."""
    first, inside = entering(alone=False)
    assert inside.wait(30)
    lone = entering(alone=True)
    assert not lone[1].wait(0.2)
    late = entering(alone=False)
    assert not late[1].wait(0.2)

    first.leave()

    assert lone[1].wait(30)
    assert not late[1].is_set()
    lone[0].leave()
    assert late[1].wait(30)


def test_nobody_waits_for_ever(entering):
    """Once its time is over it goes in beside the other."""
    assert entering(alone=True)[1].wait(30)

    assert entering(alone=False, limit_s=0.1)[1].wait(30)


def test_a_process_that_is_killed_is_there_no_more(entering, tmp_path):
    """Whatever it held."""
    argv = [sys.executable, "-c", HELD, str(tmp_path)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"inside\n"
        _, inside = entering(alone=False)
        assert not inside.wait(0.2)
        process.kill()

        assert seen(inside.is_set)
