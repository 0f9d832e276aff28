"""Image to video."""

import pytest

from mocks.image2video import COMPS
from tests.mocks.contract import ask, broken

(COMP,) = COMPS


def test_the_mock_keeps_its_contract():
    """Status, model and laws hold for every example, over a real socket."""
    assert broken(COMP) == []


@pytest.mark.parametrize(
    ("paths", "why"),
    [
        ([], "images_path: is empty; a video needs one image at least"),
        (["https://example.org/a.png", "b.png"], "images_path[1]: is 'b.png', no address of a picture"),
    ],
)
def test_what_cannot_be_loaded_is_refused_with_a_reason(paths, why):
    """Upstream it is an internal error."""
    body = {"images_path": [{"image_path": path} for path in paths]}
    promised = ask(COMP, "POST", "/v1/image2video", body)

    assert (promised.status_code, promised.json()) == (400, {"detail": why})
    assert ask(COMP, "POST", "/v1/image2video", body, like_upstream=True).status_code == 500
