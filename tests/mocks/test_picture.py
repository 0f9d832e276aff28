"""Pictures carry their prompt and colour, and what they show can be told."""

import struct
import zlib
from base64 import b64encode

import numpy as np
import pytest

from mocks._picture import COLOURS, SIDE_PIXELS, SIGNATURE, Picture, painted, png, seen

YELLOW = "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8/5+hnoEIwDiqkL4KAcT9GO0U4BxoAAAAAElFTkSuQmCC"  # The picture of OPEA's own tests of lvms (GenAIComps 8130a3f).


@pytest.mark.parametrize("colour", COLOURS)
def test_a_picture_is_of_the_colour_that_its_prompt_names(colour):
    """Every seed gives another picture of it."""
    pictures = [painted(f"a {colour} tram", seed) for seed in range(3)]

    assert {seen(each) for each in pictures} == {
        Picture(SIDE_PIXELS, SIDE_PIXELS, colour, f"a {colour} tram")
    }
    assert len(set(pictures)) == 3


def test_the_same_prompt_and_seed_give_the_same_picture():
    """And a prompt that names no colour has one all the same."""
    assert painted("a tram", 7) == painted("a tram", 7)
    assert seen(painted("a tram", 7)).colour in COLOURS


def test_a_picture_given_as_base64_or_as_data_url_is_seen():
    """Both are in use."""
    encoded = b64encode(painted("a blue bear")).decode()

    assert seen(encoded) == seen(f"data:image/png;base64,{encoded}")
    assert seen(encoded).told == "A blue picture of 16 by 16 pixels: a blue bear."


def test_the_picture_of_opeas_own_tests_is_seen():
    """It has four channels and another encoder's filters."""
    assert seen(YELLOW) == Picture(10, 10, "yellow")


def _filtered(kind):
    """A PNG of a red and blue picture, each row filtered in that way, by the standard's definitions."""
    pixels = np.zeros((4, 5, 3), dtype=np.uint8)
    pixels[:] = COLOURS["red"]
    pixels[1, 2] = (1, 200, 77)
    rows = b""
    for y in range(4):
        line = bytearray()
        for at in range(15):
            left = int(pixels[y].ravel()[at - 3]) if at >= 3 else 0
            up = int(pixels[y - 1].ravel()[at]) if y else 0
            corner = int(pixels[y - 1].ravel()[at - 3]) if y and at >= 3 else 0
            nearest = min((left, up, corner), key=lambda v: abs(left + up - corner - v))
            guess = (0, left, up, (left + up) // 2, nearest)[kind]
            line.append((int(pixels[y].ravel()[at]) - guess) % 256)
        rows += bytes([kind]) + bytes(line)
    head = struct.pack(">IIBBBBB", 5, 4, 8, 2, 0, 0, 0)
    return SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + name + data + bytes(4)
        for name, data in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )


@pytest.mark.parametrize("kind", range(5))
def test_every_filter_of_the_standard_is_undone(kind):
    """One odd pixel among red ones does not change what is seen, and would if it spread."""
    assert seen(_filtered(kind)) == Picture(5, 4, "red")


@pytest.mark.parametrize(
    ("image", "told"),
    [
        (b"GIF89a" + struct.pack("<HH", 3, 2), "A picture of 3 by 2 pixels."),
        (b"\xff\xd8\xff\xe0\x00\x02\xff\xc0\x00\x11\x08\x00\x02\x00\x03", "A picture of 3 by 2 pixels."),
        (png(np.full((2, 3, 3), 240, dtype=np.uint8)), "A white picture of 3 by 2 pixels."),
        (painted("an orange cat."), "An orange picture of 16 by 16 pixels: an orange cat."),
    ],
)
def test_what_a_picture_shows_is_told_in_a_sentence(image, told):
    """Its size always, its colour where it can be read."""
    assert seen(image).told == told


@pytest.mark.parametrize(
    ("image", "why"),
    [
        ("no base64!", "'no base64!' is no base64: "),
        ("QUJD", "the image begins with b'ABC' and is no picture; PNG, JPEG or GIF is wanted"),
        (SIGNATURE, "the image is a PNG without its head"),
        (painted("x")[:-60], "the image is a PNG whose pixels cannot be read"),
        (b"\xff\xd8\xff\xe0\x00", "the image is a JPEG without its size"),
    ],
)
def test_what_is_no_picture_is_refused(image, why):
    """The message says what was seen."""
    with pytest.raises(ValueError, match=r"\w") as refused:
        seen(image)

    assert str(refused.value).startswith(why)
