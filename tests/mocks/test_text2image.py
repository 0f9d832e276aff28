"""Text to image."""

from mocks._picture import seen
from mocks.text2image import COMPS
from tests.mocks.contract import ask, broken

(COMP,) = COMPS
PATH = "/v1/text2image"


def test_the_mock_keeps_its_contract():
    """Status, model and laws hold for every example, over a real socket."""
    assert broken(COMP) == []


def test_a_picture_shows_its_prompt_and_the_seed_decides_its_shade():
    """The same request gets the same pictures."""
    body = {"prompt": "a green horse", "num_images_per_prompt": 2}
    images = [ask(COMP, "POST", PATH, {**body, "seed": seed}).json()["images"] for seed in (1, 1, 2)]

    assert (seen(images[0][0]).colour, seen(images[0][0]).text) == ("green", "a green horse")
    assert images[0] == images[1] != images[2]


def test_a_thousand_pictures_are_refused():
    """A mock is no way to fill a memory."""
    reply = ask(COMP, "POST", PATH, {"prompt": "x", "num_images_per_prompt": 1000})

    assert reply.status_code == 400
    assert "1000 pictures" in reply.json()["detail"]
