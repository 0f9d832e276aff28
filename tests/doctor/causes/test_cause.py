"""A cause of regular expressions."""

from harness.doctor.causes.cause import cause


def test_patterns_are_read_once():
    """And keep upper and lower case apart."""
    made = cause("x", "a(?P<name>b)", "C", says="{name}", fix="", weight=1)

    assert [bool(each.search("c ab")) for each in made.patterns] == [True, False]
    assert (made.id, made.weight) == ("x", 1)
