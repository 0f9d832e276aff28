"""LLaVA."""

import pytest

from mocks._vision import BLUE, YELLOW
from mocks.third_parties.llava import ASKED, COMP
from tests.mocks.contract import ask


def test_one_picture_and_several_are_told_of():
    """And text alone is answered too."""
    one = ask(COMP, "POST", "/generate", ASKED).json()["text"]
    two = ask(COMP, "POST", "/generate", {**ASKED, "img_b64_str": [YELLOW, BLUE]}).json()["text"]
    none = ask(COMP, "POST", "/generate", {**ASKED, "img_b64_str": ""}).json()["text"]

    assert one == "A yellow picture of 16 by 16 pixels: a yellow square."
    assert two == f"{one} A blue picture of 16 by 16 pixels: a blue bear."
    assert none == "I do not know: the given context does not say."


def test_the_answer_is_cut_after_so_many_tokens():
    """Null is no limit, and no picture."""
    texts = [
        ask(COMP, "POST", "/generate", {**ASKED, "max_new_tokens": most}).json()["text"] for most in (2, None)
    ]
    none = ask(COMP, "POST", "/generate", {"prompt": "x", "img_b64_str": None}).json()["text"]

    assert texts == ["A yellow", "A yellow picture of 16 by 16 pixels: a yellow square."]
    assert none == "I do not know: the given context does not say."


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"prompt": "x"}, 422),
        ({"img_b64_str": ""}, 422),
        ({"prompt": "x", "img_b64_str": "QUJD"}, 400),
        ({**ASKED, "max_new_tokens": 0}, 400),
        ({**ASKED, "max_new_tokens": -1}, 400),
    ],
)
def test_what_upstream_fails_over_is_refused_here(body, status):
    """A missing key, what is no picture, and a limit that leaves nothing to say."""
    assert ask(COMP, "POST", "/generate", body).status_code == status
    assert ask(COMP, "POST", "/generate", body, like_upstream=True).status_code == 500
