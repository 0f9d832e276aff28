"""Findings, and many places of one thing as one."""

from harness.lint.finding import Found, Spot, gathered


def test_a_spot_is_told_as_editors_read_it():
    """FILE:LINE."""
    assert str(Spot("a.yaml", 7)) == "a.yaml:7"


def test_many_places_are_one_finding_a_file():
    """The first place leads, the others follow; names are told once."""
    places = [(Spot("a", 9), "x"), (Spot("a", 2), "y"), (Spot("b", 1), "z"), (Spot("a", 3), "x")]

    assert list(gathered(places, lambda names: f"seen in {names}")) == [
        Found(Spot("a", 2), "seen in x, y", also=(Spot("a", 3), Spot("a", 9))),
        Found(Spot("b", 1), "seen in z"),
    ]
