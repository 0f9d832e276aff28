"""What the comps of speech share."""

from base64 import b64encode

import numpy as np
import pytest

from harness.comp import Refusal, Upload
from mocks._audio import (
    CHARACTERS_MAX,
    HELLO,
    HELLO_BASE64,
    NO_SOUND,
    WAV_LAWS,
    is_sound,
    lacks,
    listen,
    speak,
)
from mocks._wave import wav

(WAV,) = WAV_LAWS


def test_a_recording_is_heard_as_bytes_and_as_base64():
    """Both are in use."""
    assert [listen(HELLO.content, "file"), listen(HELLO_BASE64, "file")] == ["Hello.", "Hello."]


@pytest.mark.parametrize(
    ("recording", "why"),
    [
        (b"text", "file: the audio begins with b'text' and is no recording; WAV is wanted"),
        ("UklGR", "file: 'UklGR' is no base64: "),
        ("\u00e9", "file: '\u00e9' is no base64: "),
    ],
)
def test_what_cannot_be_heard_is_refused_with_its_field(recording, why):
    """With 400 and what was seen."""
    with pytest.raises(Refusal) as refused:
        listen(recording, "file")

    assert refused.value.status == 400
    assert refused.value.detail.startswith(why)


def test_a_text_that_is_too_long_is_not_spoken():
    """Its tones would fill the memory."""
    with pytest.raises(Refusal) as refused:
        speak("x" * (CHARACTERS_MAX + 1), "input")

    assert refused.value.detail == "input: has 20001 characters; 20000 are the most"


@pytest.mark.parametrize(
    ("recording", "sound"),
    [(HELLO, True), (HELLO_BASE64, True), (NO_SOUND, False), ("x", False), (None, False)],
)
def test_sound_is_told_from_what_is_none(recording, sound):
    """An upload, base64, or neither."""
    assert is_sound(recording) is sound


def test_a_missing_field_sets_its_deviation_off():
    """And so does what is no object."""
    applies = lacks("audio", "x").applies

    assert [applies(body) for body in ({}, [], {"audio": "x"})] == [True, True, False]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("SUQz", "the reply is no WAV of 16 bits a sample"),
        ("", "the reply is no WAV of 16 bits a sample"),
        (HELLO_BASE64, None),
    ],
)
def test_audio_that_is_no_wav_breaks_the_law(content, why):
    """The law has been seen to fail, for bytes and for base64 in JSON."""
    assert WAV.broken({}, {"base64": content, "content_type": ""}) == why
    assert WAV.broken({}, {"tts_result": content}) == why


def test_a_wav_without_samples_breaks_the_law():
    """A header is no speech."""

    silent = b64encode(wav(np.zeros(0, dtype=np.int16))).decode()

    assert WAV.broken({}, {"base64": silent}) == "the WAV is silent: it has no samples"


def test_uploads_are_played_by_their_content():
    """The name does not matter."""
    assert is_sound(Upload("x.mp3", HELLO.content))
