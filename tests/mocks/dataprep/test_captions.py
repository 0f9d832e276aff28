"""What is said of an upload."""

from base64 import b64decode

import pytest

from harness.comp import Refusal, Upload
from mocks._picture import painted, seen
from mocks._wave import spoken
from mocks.dataprep._captions import Told, by_media, described, heard_in, of_media, stem, suffix

BEAR = Upload("a.b.png", painted("a blue bear"))
VTT = b"WEBVTT\n\n1\n00:00:00.000 --> 00:00:02.000\nThe bear sleeps.\n\n2\n00:00:02.000 --> 00:00:04.000\nIt is winter.\n"


def test_a_name_is_parted_at_its_last_dot():
    """As written, without touching the case."""
    assert (stem(BEAR), suffix(BEAR)) == ("a.b", ".png")
    assert (stem(Upload("none", b"")), suffix(Upload("none", b""))) == ("none", "")


def test_each_medium_finds_the_caption_of_its_name():
    """A caption alone is nothing."""
    files = [
        Upload(name, b"") for name in ("a.mp4", "a.vtt", "b.png", "b.vtt", "c.jpg", "c.mp3", "d.pdf", "e.txt")
    ]
    pairs = [(media.name, caption and caption.name) for media, caption in by_media(files)]

    assert pairs == [("a.mp4", "a.vtt"), ("b.png", None), ("c.jpg", "c.mp3"), ("d.pdf", None)]


@pytest.mark.parametrize(
    ("caption", "text"),
    [
        (Upload("a.txt", b"The bear sleeps.\n\nIt is winter."), "The bear sleeps. It is winter."),
        (Upload("a.vtt", VTT), "The bear sleeps. It is winter."),
        (Upload("a.wav", spoken("The bear sleeps.")), "The bear sleeps."),
        (Upload("a.mp3", b"no sound"), "8 bytes of sound without words"),
    ],
)
def test_a_caption_is_read_or_heard(caption, text):
    """Timings of a VTT file are no words."""
    assert of_media(BEAR, caption).text == text


def test_of_a_pdf_the_printable_text_counts():
    """It needs no caption."""
    assert of_media(Upload("a.pdf", b"\x00\x01Bananas are yellow\x02"), None) == Told("Bananas are yellow")


def test_a_video_has_a_frame_that_shows_its_words_and_a_recording_has_none():
    """Pictures are their own."""
    words = spoken("A red tram.")
    video, recording = heard_in(Upload("a.mp4", words)), heard_in(Upload("a.wav", words))

    assert (video.text, seen(video.picture).colour) == ("A red tram.", "red")
    assert recording == Told("A red tram.")
    assert b64decode(described(BEAR).picture) == BEAR.content


def test_what_is_seen_is_told():
    """Of a video, its length."""
    assert described(BEAR).text == "A blue picture of 16 by 16 pixels: a blue bear."
    assert described(Upload("a.mp4", b"1234")).text == "A video of 4 bytes."


def test_a_picture_that_is_none_is_refused():
    """By its file's name."""
    with pytest.raises(Refusal) as refused:
        described(Upload("a.png", b"ABC"))

    assert refused.value.detail.startswith("a.png: the image begins with b'ABC' and is no picture")
