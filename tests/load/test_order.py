"""An order becomes the load that was meant, or is refused before anything is sent."""

import pytest

from harness.errors import UsageError
from harness.load.order import Order, load_of, scenario_of
from harness.megaservice import Megaservice, Node
from harness.scenario import Question, Scenario

ORDER = Order("s", "http://127.0.0.1:1", 20.0, 3.0, 5, "json")
SERVICE = Megaservice("s", "/", (Node("n", "n", "/"),))


def test_a_scenario_is_found_in_the_folder_given(known_folder):
    """A scenario of one's own is found beside the bundled ones."""
    found = scenario_of(Order("known", "", 1.0, 1.0, 0, folders=(str(known_folder),)))

    assert (found.name, found.megaservice.path) == ("known", "/v1/known")


def test_a_scenario_that_is_not_there_is_refused():
    """The message names those that are."""
    with pytest.raises(UsageError, match=r"^nope: there is no such scenario; there are .*rag"):
        scenario_of(Order("nope", "", 1.0, 1.0, 0))


def test_a_load_asks_what_has_an_answer():
    """Blocked questions and those without an answer are not part of a load; rate, time, seed and mode are the order's."""
    questions = (
        Question("a", "?"),
        Question("b", "?", blocked=True),
        Question("c", "?", answerable=False),
        Question("d", "?"),
    )
    load = load_of(ORDER, Scenario("s", "", SERVICE, questions))

    assert [each.id for each in load.questions] == ["a", "d"]
    assert (load.mode, load.arrivals.rate_per_s, load.arrivals.duration_s, load.arrivals.seed) == (
        "json",
        20,
        3,
        5,
    )


def test_a_scenario_without_questions_cannot_be_loaded():
    """Nothing to ask is said before anything is started."""
    with pytest.raises(UsageError, match="s: there is no question that has an answer; a load needs one"):
        load_of(ORDER, Scenario("s", "", SERVICE, ()))
