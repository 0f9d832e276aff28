"""What the comps that draw share."""

import pytest

from harness.comp import Refusal
from mocks._drawing import LAWS, NO_PICTURES, drawn
from mocks._picture import seen

BROKEN = {law.id: law.broken for law in LAWS}


def test_every_prompt_has_its_pictures_and_all_differ():
    """In the order of the prompts."""
    pictures = drawn(["a red cat", "a blue cat"], 2, 7)

    assert [seen(each).colour for each in pictures] == ["red", "red", "blue", "blue"]
    assert len(set(pictures)) == 4


def test_upstream_fails_where_no_picture_is_asked_for():
    """By the count or for want of a prompt; more than a mock draws is none of it."""
    asked = ({"num_images_per_prompt": 0}, {"prompt": []}, {"num_images_per_prompt": 65}, {"prompt": "a"})

    assert [NO_PICTURES.is_set_off(body) for body in asked] == [True, True, False, False]


@pytest.mark.parametrize("count", [0, -1, 33])
def test_a_count_that_nobody_draws_is_refused(count):
    """The message says how many were asked for."""
    with pytest.raises(Refusal) as refused:
        drawn(["a", "b"], count)

    assert refused.value.detail == (
        f"num_images_per_prompt: {count} pictures of each of 2 prompts are asked for; it is 1 to 64 altogether"
    )


@pytest.mark.parametrize(
    ("law", "request_", "images", "why"),
    [
        ("as-many-pictures", {"num_images_per_prompt": 2}, ["x"], "images: are 1, 2 were asked for"),
        ("as-many-pictures", {"prompt": ["a", "b"]}, ["x", "y", "z"], "images: are 3, 2 were asked for"),
        ("as-many-pictures", {}, ["x"], None),
        ("pngs", {}, ["QUJD"], "images[0]: begins with b'ABC' and is no PNG"),
        ("pngs", {}, ["x!"], "images[0]: 'x!' is no base64: Incorrect padding"),
        ("pngs", {}, drawn(["a"], 1), None),
    ],
)
def test_a_broken_law_says_what_is_wrong(law, request_, images, why):
    """Each law has been seen to fail."""
    found = BROKEN[law](request_, {"images": images})

    assert found == why or (why and found.startswith("images[0]: 'x!' is no base64: "))
