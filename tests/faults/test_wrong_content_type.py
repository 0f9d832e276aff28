"""Only the content type is wrong."""

from harness.fault import Effect
from harness.faults.wrong_content_type import FAULTS


def test_the_body_is_left_alone():
    """The effect is one header and nothing else."""
    assert FAULTS[0].name == "wrong-content-type-html"
    assert FAULTS[0].effect == Effect(head={"content-type": "text/html; charset=utf-8"})
