"""Which fault acts on which exchange is settled by its settings and nothing else."""

import pytest

from harness.errors import FaultError
from harness.fault import Effect, Expected, Fault
from harness.switchboard import Standing, Switchboard

SLOW = Fault("slow", "slow", Effect(delay_ms=5), Expected("slower"))
BROKEN = Fault("broken", "broken", Effect(status=500), Expected("error"))
DOWN = Fault("down", "down", Effect(), Expected("error"), down=True)
KNOWN = {each.name: each for each in (SLOW, BROKEN, DOWN)}


def board(**more):
    return Switchboard("llm", KNOWN, **more)


def drawn(place, times, header=None):
    found = [place.draw(header) for _ in range(times)]
    return [each.fault.name if each else None for each in found]


def test_nothing_is_on_at_first():
    """A new switchboard draws nothing."""
    assert drawn(board(), 2) == [None, None]


def test_a_fault_that_is_on_acts_on_every_exchange():
    """With rate 1 each draw gives the fault, and each is counted as seen; firing is counted by who acts."""
    place = board()
    place.put(Standing(SLOW))

    assert drawn(place, 3) == ["slow"] * 3
    assert [(each.seen, each.fired) for each in place.standings()] == [(3, 0)]


def test_the_nth_exchange_alone():
    """`nth` counts from 1 and acts once."""
    place = board()
    place.put(Standing(SLOW, nth=2))

    assert drawn(place, 4) == [None, "slow", None, None]


def test_the_same_seed_draws_the_same():
    """A rate below 1 gives a sequence that depends on seed and fault alone."""

    def sequence(seed):
        place = board()
        place.put(Standing(SLOW, rate=0.5, seed=seed))
        return drawn(place, 64)

    assert sequence(1) == sequence(1)
    assert sequence(1) != sequence(2)
    assert 16 < sequence(1).count("slow") < 48


def test_rate_zero_never_acts():
    """A fault set to nothing is seen and never drawn."""
    place = board()
    place.put(Standing(SLOW, rate=0))

    assert drawn(place, 8) == [None] * 8
    assert place.standings()[0].seen == 8


def test_the_first_put_on_is_drawn_first():
    """Of two faults one acts; the second has its turn where the first passes."""
    place = board()
    place.put(Standing(SLOW, nth=1))
    place.put(Standing(BROKEN))

    assert drawn(place, 2) == ["slow", "broken"]


def test_a_header_asks_for_one_exchange():
    """A request may name a fault for itself; requests that do not are left alone, and both are counted."""
    place = board()

    assert drawn(place, 1, "broken") == ["broken"]
    assert drawn(place, 1, "embedding/slow, llm/broken") == ["broken"]
    assert drawn(place, 1, "embedding/slow") == [None]
    assert drawn(place, 1, "nobody-knows-this") == [None]
    assert drawn(place, 1) == [None]
    assert [(each.by_header, each.seen) for each in place.standings()] == [(True, 2)]


def test_down_is_no_matter_of_an_exchange():
    """A fault that refuses connections is never drawn, not by header either; it is what `down` says."""
    place = board()
    place.put(Standing(DOWN))

    assert drawn(place, 1) == [None]
    assert drawn(place, 1, "down") == [None]
    assert place.down is place.standings()[0]


def test_lifting_gives_the_last_counters():
    """What is taken away comes back with its counters, one by one or all together."""
    place = board()
    place.put(Standing(SLOW))
    place.put(Standing(BROKEN))
    place.draw()
    slow = place.lift("slow")
    rest = place.lift()

    assert [(each.fault.name, each.seen) for each in slow] == [("slow", 1)]
    assert [each.fault.name for each in rest] == ["broken"]
    assert place.standings() == []


def test_a_change_that_fails_changes_nothing():
    """Where the place cannot carry out what was put on, it is as before."""

    def refuse():
        raise FaultError("llm: does not go down")

    place = board(changed=refuse)
    with pytest.raises(FaultError, match="does not go down"):
        place.put(Standing(DOWN))

    assert place.standings() == []


def test_an_unknown_name_is_told_the_known_ones():
    """The message names the fault, the node and what there is."""
    with pytest.raises(FaultError, match=r"^slwo: no fault that llm knows; faults are slow, broken, down$"):
        board().fault("slwo")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rate": 1.5}, "slow: rate is 1.5; a share is between 0 and 1"),
        ({"nth": 0}, "slow: nth is 0; the first exchange is 1"),
    ],
)
def test_settings_that_mean_nothing_are_refused(settings, message):
    """A rate is a share and exchanges count from 1."""
    with pytest.raises(FaultError, match=f"^{message}$"):
        Standing(SLOW, **settings)
