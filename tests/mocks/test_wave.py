"""Words become tones, and tones words."""

import io
import wave

import numpy as np
import pytest

from mocks._wave import RATE_HZ, heard, read, spoken, wav


@pytest.mark.parametrize("text", ["Hello.", "", "Grüße aus 北京 🚋", "two\nlines", "x" * 3000])
def test_what_is_spoken_is_heard(text):
    """Whatever the script and the length."""
    expected = text

    assert heard(spoken(text)) == expected


def test_a_recording_is_a_wav_that_python_itself_plays():
    """One channel, 16 bits, 16 kHz, and as long as its tones."""
    with wave.open(io.BytesIO(spoken("Hello."))) as played:
        shape = (played.getnchannels(), played.getsampwidth(), played.getframerate(), played.getnframes())

    assert shape == (1, 2, RATE_HZ, (len("Hello.") + 12) * 2 * 80)


def test_recordings_that_are_joined_and_softened_are_still_heard():
    """The words do not depend on loudness, nor on where a recording begins."""
    parts = [read(spoken(text)).samples for text in ("one", "two")]
    joined = (np.concatenate(parts) // 4).astype(np.int16)

    assert heard(wav(joined)) == "one two"


def test_of_two_channels_the_first_is_heard():
    """Players write stereo."""
    samples = read(spoken("left")).samples
    stereo = np.stack((samples, np.zeros_like(samples)), axis=1).ravel()
    recording = bytearray(wav(stereo, 2 * RATE_HZ))
    recording[22:24] = (2).to_bytes(2, "little")

    assert heard(bytes(recording)) == "left"


@pytest.mark.parametrize(
    ("recording", "words"),
    [
        (wav(np.zeros(24_000, dtype=np.int16)), "1.5 seconds of sound without words"),
        (b"ID3" + bytes(7), "10 bytes of sound without words"),
        (bytes(4) + b"ftypmp42", "12 bytes of sound without words"),
        (b"RIFF", "4 bytes of sound without words"),
    ],
)
def test_sound_without_words_is_said_to_be_so(recording, words):
    """What no mock has spoken is answered all the same, as the real servers do."""
    assert heard(recording) == words


def test_a_recording_that_was_cut_says_only_what_is_whole():
    """A frame without its checksum is none."""
    whole = read(spoken("one")).samples
    cut = read(spoken("two")).samples[:-400]

    assert heard(wav(np.concatenate((whole, cut)))) == "one"


@pytest.mark.parametrize("junk", [b"", b"no audio", b"{}"])
def test_what_is_no_recording_is_refused(junk):
    """The message says how it begins."""
    with pytest.raises(ValueError, match=r"the audio begins with b'.*' and is no recording; WAV is wanted"):
        heard(junk)


@pytest.mark.parametrize("broken", [b"RIFF1234WAVE", b"RIFF1234WAVEfmt \x10\x00\x00\x00\x01"])
def test_a_wav_without_sound_is_no_wave(broken):
    """Its end comes before its data."""
    assert read(broken) is None
