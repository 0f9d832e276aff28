"""A search for what breaks a promise, over promises that were made up."""

import asyncio
import sys

import pytest
from hypothesis import strategies

from harness.contract import falsify as module
from harness.contract.check import Broken
from harness.contract.falsify import EnoughError, Limits, Search, falsify, require_hypothesis
from harness.errors import StackError

NUMBERS = strategies.lists(strategies.integers(0, 1000), max_size=8)


def search(wrong, strategy=NUMBERS, **limits):
    """What is found, and all that was asked."""
    asked = []

    async def probe(value):
        asked.append(value)
        await asyncio.sleep(0)
        return Broken(f"{value} is wrong") if wrong(value) else None

    chosen = Limits(**{"seed": 0, "drawn_max": 50, **limits})
    return asyncio.run(falsify(strategy, probe, chosen)), asked


def test_a_promise_that_holds_is_asked_as_often_as_it_was_wished():
    """And nothing is found."""
    found, asked = search(lambda _value: False)

    assert found.broken is None
    assert found.asked == len(asked) == 50


def test_what_breaks_a_promise_is_made_small():
    """Of all lists with a number above 500 the shortest and smallest."""
    found, _ = search(lambda value: any(number > 500 for number in value))

    assert found.broken.why == "[501] is wrong"


def test_the_same_seed_asks_the_same():
    """Another one asks something else."""
    (_, first), (_, again), (_, other) = (search(lambda _value: False, seed=seed) for seed in (3, 3, 4))

    assert first == again
    assert first != other


def test_a_promise_that_is_broken_once_only_is_told_all_the_same():
    """A server that is wrong now and then is wrong."""
    times = iter(range(10_000))
    found, _ = search(lambda _value: next(times) == 5)

    assert found.broken.why.endswith("is wrong")


def test_what_is_to_be_asked_first_is_asked_first():
    """Where it is wrong, nothing is drawn."""
    asked = []

    async def probe(value):
        asked.append(value)
        return Broken("it is wrong") if value == [2] else None

    found = asyncio.run(falsify(NUMBERS, probe, Limits(0, 5), [[1], [2], [3]]))

    assert (asked, found.asked, found.broken.why) == ([[1], [2]], 2, "it is wrong")


def test_where_nothing_can_be_drawn_nothing_was_asked():
    """Which is no proof of anything."""
    found, asked = search(lambda _value: True, NUMBERS.filter(lambda _value: False))

    assert (found.asked, asked, found.broken) == (0, [], None)


def test_a_slow_server_is_asked_for_a_while_and_no_longer():
    """What was asked until then counts; it is asked once, however long it takes until anything is drawn."""
    found, asked = search(lambda _value: False, drawing_s=0.0)

    assert found.asked == len(asked) == 1


def test_what_a_probe_raises_is_raised():
    """A server that is gone is no finding."""

    async def probe(_value):
        raise StackError("it is gone")

    with pytest.raises(StackError, match="it is gone"):
        asyncio.run(falsify(NUMBERS, probe, Limits(0, 5)))


def test_a_missing_hypothesis_is_told_in_a_sentence(monkeypatch):
    """With what to install."""
    monkeypatch.setitem(sys.modules, "hypothesis", None)

    with pytest.raises(StackError) as caught:
        require_hypothesis()

    assert str(caught.value) == (
        "contract: hypothesis is not installed, and generated requests need it; "
        "install it with `pip install 'opea-harness[contract]'`"
    )


class Clock:
    """A time that stands until it is set; asking takes `asking_s` of it."""

    def __init__(self, monkeypatch):
        self.now_s, self.asking_s = 0.0, 0.0
        monkeypatch.setattr(module, "monotonic", lambda: self.now_s)

    def searching(self, **limits):
        """A search that finds everything wrong that is no zero."""

        def ask(value):
            self.now_s += self.asking_s
            return Broken(f"{value} is wrong") if value else None

        return Search(ask, Limits(0, 50, **limits))

    def asked(self, search, value, at_s):
        """What comes of asking about one value at that time."""
        self.now_s = at_s
        try:
            search(value)
        except (AssertionError, EnoughError) as error:
            return str(error) or "enough"
        return "right"


def test_values_are_drawn_until_the_time_is_up(monkeypatch):
    """Half a minute; what would be asked later is not."""
    clock = Clock(monkeypatch)
    clock.now_s = 100.0
    search = clock.searching()

    assert [clock.asked(search, 0, at_s) for at_s in (100.0, 130.0, 130.1)] == ["right", "right", "enough"]
    assert (search.asked, search.broken) == (2, None)


@pytest.mark.parametrize(("asking_s", "last_s"), [(0.0, 12.0), (1.0, 13.0), (1.1, 11.1)])
def test_what_was_found_is_made_small_for_two_seconds(asking_s, last_s, monkeypatch):
    """And not at all by a server that needs more than half of them for one answer."""
    clock = Clock(monkeypatch)
    search = clock.searching()
    clock.asking_s = asking_s

    assert clock.asked(search, [7], 10.0) == "[7] is wrong"
    clock.asking_s = 0.0
    assert clock.asked(search, [7, 7], last_s) == "[7, 7] is wrong"
    assert clock.asked(search, [7, 7], last_s + 0.01) == "enough"
    assert (search.asked, search.broken.why) == (2, "[7] is wrong")


def test_the_shortest_and_smallest_is_kept(monkeypatch):
    """In the order of its JSON; what is no JSON is taken as it shows itself."""
    clock = Clock(monkeypatch)
    search = clock.searching()
    kept = []
    for value in ([500], [7, 7], [900], [9], [3], [5], {8}, [1.5, 2]):
        clock.asked(search, value, 0.0)
        kept.append(search.broken.why.removesuffix(" is wrong"))

    assert kept == ["[500]", "[500]", "[500]", "[9]", "[3]", "[3]", "[3]", "[3]"]


def test_what_goes_wrong_in_drawing_is_no_finding():
    """It is raised."""

    def fail(_value):
        raise AssertionError("the strategy is wrong")

    with pytest.raises(AssertionError, match="the strategy is wrong"):
        search(lambda _value: False, NUMBERS.map(fail))


def test_what_is_found_is_looked_for_no_further():
    """Its values are made smaller, and then nothing more is drawn."""
    _, asked = search(lambda value: len(value) > 2, drawn_max=1000)

    assert len(asked) < 200
