"""The families of checks."""

from harness.contract.families import of_comp
from harness.discovery import COMP, discover

COMPS = discover(COMP)


def test_every_family_has_its_checks_of_a_comp_that_streams_and_takes_json():
    """Examples, bad input, drawn requests, streams, a crowd, side endpoints, the document."""
    ids = [check.id for check in of_comp(COMPS["llms.text_generation"])]

    for kind in (".example.", ".bad-input.", ".drawn.", ".stream.", ".concurrency.", ".openapi."):
        assert any(kind in each for each in ids), kind


def test_drawn_requests_can_be_left_out():
    """A run has no time for them; what is left is the same."""
    comp = COMPS["embeddings"]
    every, few = ([check.id for check in of_comp(comp, with_drawn=drawn)] for drawn in (True, False))

    assert few == [each for each in every if each in few]
    assert any(".drawn." in each for each in every)
    assert not any(".drawn." in each for each in few)
