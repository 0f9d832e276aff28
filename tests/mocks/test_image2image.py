"""Image to image."""

import pytest

from mocks._picture import seen
from mocks.image2image import COMPS, is_address
from tests.mocks.contract import ask, broken

(COMP,) = COMPS
PATH = "/v1/image2image"


def test_the_mock_keeps_its_contract():
    """Status, model and laws hold for every example, over a real socket."""
    assert broken(COMP) == []


def test_another_picture_gives_another_picture_of_the_same_prompt():
    """Without a prompt there is one too."""
    asked = [("https://example.org/a.png", "a pink cat"), ("https://example.org/b.png", "a pink cat")]
    images = [
        ask(COMP, "POST", PATH, {"image": image, "prompt": prompt}).json()["images"][0]
        for image, prompt in asked
    ]

    assert [seen(each).colour for each in images] == ["pink", "pink"]
    assert images[0] != images[1]
    assert ask(COMP, "POST", PATH, {"image": "https://example.org/a.png"}).status_code == 200


def test_what_cannot_be_loaded_is_refused_with_a_reason():
    """Upstream it is an internal error."""
    body = {"image": "cat.png", "prompt": "a cat"}
    promised, known = ask(COMP, "POST", PATH, body), ask(COMP, "POST", PATH, body, like_upstream=True)

    assert (promised.status_code, known.status_code) == (400, 500)
    assert promised.json()["detail"] == "image: is 'cat.png', no address of a picture (http or https)"


@pytest.mark.parametrize(
    ("image", "found"), [("http://x", True), ("https://x", True), ("x", False), (7, False)]
)
def test_an_address_is_one_of_the_web(image, found):
    """All else lies on somebody's disk."""
    assert is_address(image) is found
