"""Speech without a model: a playable WAV whose tones are the words, and the words that such a WAV says.

Every half of a byte of the UTF-8 text is one of sixteen tones for 5 ms. A frame is a mark, the text's length, the text,
and its checksum; frames may follow one another, so recordings can be joined, made louder or softer, and still be heard.
"""

import struct
from dataclasses import dataclass
from functools import lru_cache
from struct import pack, unpack, unpack_from
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000  # What SpeechT5 makes and Whisper takes.
TONE_SAMPLES = 80
MARK = b"OPEA"
LOUDNESS = 12_000  # Of 32767, so that a player does not clip.
SOUND_MARKS = (b"RIFF", b"ID3", b"OggS", b"fLaC", b"\x1aE\xdf\xa3")  # WAV, MP3, Ogg, FLAC, WebM.

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Wave:
    """A recording of one channel, 16 bits a sample."""

    rate_hz: int
    samples: Samples

    @property
    def seconds(self) -> float:
        """How long it takes to play."""
        return self.samples.size / self.rate_hz if self.rate_hz else 0.0


def spoken(text: str) -> bytes:
    """The text as a WAV file."""
    said = text.encode("utf-8", "replace")
    frame = MARK + pack("<I", len(said)) + said + pack("<I", crc32(said))
    digits = np.frombuffer(frame, dtype=np.uint8)
    halves = np.stack((digits >> 4, digits & 15), axis=1).ravel()
    return wav(_tones()[halves].ravel())


def wav(samples: Samples, rate_hz: int = RATE_HZ) -> bytes:
    """A WAV file of one channel, 16 bits a sample."""
    data = samples.astype("<i2").tobytes()
    shape = pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate_hz, 2 * rate_hz, 2, 16)
    head = pack("<4sI4s", b"RIFF", 4 + len(shape) + 8 + len(data), b"WAVE")
    return head + shape + pack("<4sI", b"data", len(data)) + data


def heard(recording: bytes) -> str:
    """The words of a recording; of one that no mock has spoken, how long its sound is.

    Raises ValueError for what is no recording at all.
    """
    wave = read(recording)
    if wave is None:
        if recording.startswith(SOUND_MARKS) or recording[:1] == b"\xff" or recording[4:8] == b"ftyp":
            return f"{len(recording)} bytes of sound without words"
        raise ValueError(f"the audio begins with {recording[:4]!r} and is no recording; WAV is wanted")
    said = _frames(_halves(wave.samples))
    return " ".join(said) if said else f"{wave.seconds:.1f} seconds of sound without words"


def read(recording: bytes) -> Wave | None:
    """The recording, if it is a WAV file of 16 bits a sample; of several channels the first."""
    if recording[:4] != b"RIFF" or recording[8:12] != b"WAVE":
        return None
    shape: tuple[int, ...] | None = None
    at = 12
    try:
        while at + 8 <= len(recording):
            name, length = unpack_from("<4sI", recording, at)
            if name == b"fmt ":
                shape = unpack("<HHIIHH", recording[at + 8 : at + 24])
            elif name == b"data" and shape is not None:
                return _wave(shape, recording[at + 8 : at + 8 + length])
            at += 8 + length + length % 2
    except struct.error:
        return None
    return None


def _wave(shape: tuple[int, ...], data: bytes) -> Wave | None:
    coding, channels, rate_hz, _, _, bits = shape
    if coding != 1 or bits != 16 or channels < 1:
        return None
    whole = len(data) - len(data) % (2 * channels)
    return Wave(rate_hz, np.frombuffer(data[:whole], dtype="<i2")[::channels].astype(np.int16))


@lru_cache(maxsize=1)
def _tones() -> Samples:
    """The sixteen tones (16, TONE_SAMPLES): 400 Hz to 3400 Hz, each a whole number of waves, so that none is like another."""
    tones = [LOUDNESS * np.sin(_angles(2 + half)) for half in range(16)]
    return np.stack(tones).astype(np.int16)


def _angles(waves: int) -> NDArray[np.float64]:
    return 2 * np.pi * waves * np.arange(TONE_SAMPLES) / TONE_SAMPLES


@lru_cache(maxsize=1)
def _listeners() -> NDArray[np.float32]:
    """What each tone is recognised by (TONE_SAMPLES, 32): its cosine, then its sine, for all sixteen.

    As complex numbers they would be a product that OpenBLAS spreads over threads, which on a busy machine takes 44 ms in place of 0.5.
    """
    angles = np.stack([_angles(2 + half) for half in range(16)], axis=1)
    return np.concatenate((np.cos(angles), np.sin(angles)), axis=1).astype(np.float32)


def _halves(samples: Samples) -> NDArray[np.uint8]:
    """The half-bytes that samples say, one a tone."""
    tones = samples[: samples.size - samples.size % TONE_SAMPLES].reshape(-1, TONE_SAMPLES)
    parts = (tones.astype(np.float32) @ _listeners()).reshape(-1, 2, 16)
    halves: NDArray[np.uint8] = (parts**2).sum(axis=1).argmax(axis=1).astype(np.uint8)
    return halves


def _frames(halves: NDArray[np.uint8]) -> list[str]:
    """The texts of all whole frames."""
    whole = halves[: halves.size - halves.size % 2].reshape(-1, 2)
    stream = ((whole[:, 0] << 4) | whole[:, 1]).astype(np.uint8).tobytes()
    texts: list[str] = []
    at = stream.find(MARK)
    while at >= 0 and at + 12 <= len(stream):
        (length,) = unpack_from("<I", stream, at + 4)
        said, check = stream[at + 8 : at + 8 + length], stream[at + 8 + length : at + 12 + length]
        is_whole = check == pack("<I", crc32(said))
        if is_whole:
            texts.append(said.decode("utf-8", "replace"))
        at = stream.find(MARK, at + (12 + length if is_whole else 1))
    return texts
