"""Ranks."""

from harness.doctor.finding import Rank


def test_what_is_nearer_to_the_root_ranks_first():
    """The machine before what is down, that before settings, these before answers, and doubts last."""
    assert sorted(Rank) == [Rank.MACHINE, Rank.DOWN, Rank.SETTING, Rank.ANSWER, Rank.DOUBT]
