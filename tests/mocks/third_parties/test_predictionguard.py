"""PredictionGuard's vision service."""

from mocks.third_parties.predictionguard import ASKED, COMP
from tests.mocks.contract import ask


def test_a_picture_is_told_of_and_only_one_is_taken():
    """Its model is narrower than OPEA's own."""
    one = ask(COMP, "POST", "/v1/lvm", ASKED)

    assert one.json()["text"] == "A yellow picture of 16 by 16 pixels: a yellow square."
    assert ask(COMP, "POST", "/v1/lvm", {**ASKED, "image": [ASKED["image"]]}).status_code == 422


def test_what_is_no_picture_is_refused():
    """Upstream it is an internal error."""
    body = {**ASKED, "image": "QUJD"}

    assert ask(COMP, "POST", "/v1/lvm", body).status_code == 400
    assert ask(COMP, "POST", "/v1/lvm", body, like_upstream=True).status_code == 500
