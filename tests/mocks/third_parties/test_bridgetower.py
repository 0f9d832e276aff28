"""BridgeTower."""

import pytest

from mocks._text import embed
from mocks._vision import BLUE, YELLOW
from mocks.third_parties.bridgetower import COMP
from tests.mocks.contract import ask


def vector(**body):
    """The vector of a text and its picture."""
    return ask(COMP, "POST", "/v1/encode", body).json()["embedding"]


def test_a_picture_changes_the_vector_of_its_text():
    """And each picture in its own way."""
    vectors = [
        vector(text="a square"),
        *(vector(text="a square", img_b64_str=each) for each in (YELLOW, BLUE)),
    ]

    assert vectors[0] == pytest.approx(embed("a square", 512).tolist())
    assert len({tuple(each) for each in vectors}) == 3


def test_its_status_counts_what_was_asked():
    """A mock queues nothing."""
    before = ask(COMP, "POST", "/v1/worker_get_status").json()
    vector(text="x")
    after = ask(COMP, "POST", "/v1/worker_get_status").json()

    assert after["global_counter"] == before["global_counter"] + 1
    assert (after["speed"], after["queue_length"]) == (1, 0)


def test_its_health_page_is_no_opea_page():
    """And /health is not there."""
    page = ask(COMP, "GET", "/v1/health_check")

    assert page.json() == {"message": "BridgeTower server is running..."}
    assert "content-type" not in page.headers
    assert ask(COMP, "GET", "/health").status_code == 404


@pytest.mark.parametrize(("body", "status"), [({}, 422), ({"text": "x", "img_b64_str": "QUJD"}, 400)])
def test_what_upstream_fails_over_is_refused_here(body, status):
    """A missing text, and what is no picture."""
    assert ask(COMP, "POST", "/v1/encode", body).status_code == status
    assert ask(COMP, "POST", "/v1/encode", body, like_upstream=True).status_code == 500


def test_a_number_that_is_none_breaks_the_law():
    """The law has been seen to fail."""
    law = COMP.endpoints[0].variants[0].laws[0]

    assert law.broken({}, {"embedding": [None]}) == "embedding[0]: is None, no finite number"
