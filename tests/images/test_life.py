"""The life of a container, as far as it can be seen without one; what is started is in test_trial.py."""

from harness.images.examination import Finding
from harness.images.life import last_asked
from harness.verdict import holds, unknown, violated


def test_what_is_not_examined_any_more_is_not_told():
    """What came after the service was gone met with nobody."""
    findings = [
        Finding("L4", "example", holds("a", "x")),
        Finding("L4", "bad-input.null", violated("b", "x", "no whole answer came: reset")),
        Finding("L4", "bad-input.list", violated("c", "x", "no whole answer came: reset")),
        Finding("L4", "drawn.valid", unknown("d", "x", "cannot be reached")),
    ]

    assert last_asked(findings) == "b"
    assert [each.verdict.id for each in findings] == ["a", "b"]
