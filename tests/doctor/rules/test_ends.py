"""What does not stay up; the causes are in `test_planted.py`."""

import pytest

from harness.doctor.rules.ends import is_looping
from harness.doctor.seen import State
from tests.doctor.stacks import Stack, seed

NOW = 100_000.0
PG = "retriever-pgvector"


@pytest.mark.parametrize(
    ("age_s", "restarts", "up_s", "loops"),
    [
        (540, 14, 1, True),
        (1800, 5, 240, True),
        (15, 2, 8, True),
        (3600, 3, 3500, False),
        (600, 8, 540, False),
        (864_000, 2, 18_000, False),
        (3600, 1, 5, False),
        (3600, 0, 5, False),
    ],
)
def test_who_is_up_for_longer_than_its_loop_has_come_to_rest(age_s, restarts, up_s, loops):
    """One restart is none; a model that loads for minutes before it fails is one all the same."""
    state = State("running", restarts, created_s=NOW - age_s, began_s=NOW - up_s)

    assert is_looping(state, NOW) is loops


def test_docker_s_own_word_counts():
    """Restarting is restarting, the first time too."""
    assert is_looping(State("restarting", 1, created_s=NOW - 3, began_s=NOW - 2), NOW)


def test_a_container_out_of_memory_is_told_once():
    """As that, and as no crash loop, though Docker restarts it."""
    stack = seed().looping(PG, "loading", code=137).state(PG, Status="restarting", OOMKilled=True)

    (found,) = stack.diagnosis().findings

    assert found.id == "out-of-memory"
    assert found.what.endswith("more memory than its limit, 14 times so far")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1, "is not running: ended with exit code 1: its log is empty"),
        (137, "is not running: it was stopped 30 s ago"),
        (139, "is not running: ended by a memory fault (SIGSEGV)"),
    ],
)
def test_how_it_ended_is_told(code, words):
    """A signal by its name; one that was killed without a word of its own was stopped."""
    (found,) = seed().exited(PG, code).diagnosis().findings

    assert found.what.startswith(words)


def test_a_service_that_ended_well_is_not_running_all_the_same():
    """It is one that others call; a job is not."""
    stack = Stack({"job": ("alpine", {})}).exited("job", 0)

    assert stack.diagnosis().findings == ()
    assert seed().exited(PG, 0).diagnosis().findings[0].id == "ended"
