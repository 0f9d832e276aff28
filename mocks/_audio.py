"""What the comps of speech share: recordings in forms and in base64, what is heard in them, and texts that are spoken."""

import re
from base64 import b64encode
from binascii import Error as NoBase64
from typing import Any

from pydantic import BaseModel

from harness.comp import Deviation, Law, Refusal, Upload
from mocks._picture import decoded
from mocks._wave import heard, read, spoken

WHISPER = "openai/whisper-small"
PARAFORMER = "paraformer-zh"
CHARACTERS_MAX = 20_000  # Six minutes and 6 MB of tones; the real servers would be at it for hours.
VOICES = ("default", "male")  # SpeechT5's.
TOKEN = re.compile(r"[\w.+-]+", re.ASCII)


class Listening(BaseModel):
    """How to listen; all but `model` has no effect upstream either."""

    model: str = WHISPER
    language: str = "english"
    prompt: str | None = None
    response_format: str = "json"
    temperature: float = 0
    timestamp_granularities: list[str] | str | None = None


class Transcription(Listening):
    """The form of a transcription."""

    file: Upload


class Audio(BaseModel):
    """A recording as base64."""

    audio: str


class Tone(BaseModel):
    """A text to be spoken in one of the voices."""

    text: str
    voice: str = "default"


class Spoken(BaseModel):
    """A WAV file as base64."""

    tts_result: str


class Heard(BaseModel):
    """What was heard in a recording."""

    asr_result: str


def listen(recording: bytes | str, field: str) -> str:
    """The words of a recording (bytes or base64); refuses what is none with 400."""
    try:
        return heard(decoded(recording) if isinstance(recording, str) else recording)
    except (ValueError, NoBase64) as error:
        raise Refusal(400, f"{field}: {error}") from None


def speak(text: str, field: str) -> bytes:
    """The text as a WAV; refuses one that is too long with 400."""
    if len(text) > CHARACTERS_MAX:
        raise Refusal(400, f"{field}: has {len(text)} characters; {CHARACTERS_MAX} are the most")
    return spoken(text)


def refuse_other_voice(voice: str | None) -> None:
    """Refuse a voice that SpeechT5 does not have with 400."""
    if voice not in VOICES:
        raise Refusal(400, f"voice: is {voice!r}; it is one of {', '.join(VOICES)}")


def is_sound(recording: Any) -> bool:
    """Whether an upload or base64 is a recording."""
    content = recording.content if isinstance(recording, Upload) else recording
    try:
        heard(decoded(content) if isinstance(content, str) else content)
    except (ValueError, TypeError, AttributeError):
        return False
    return True


def lacks(field: str, says: str) -> Deviation:
    """A missing field is an internal error where the server reads its JSON itself."""
    return Deviation(
        f"no-{field}", says, lambda body: not isinstance(body, dict) or field not in body, 500
    )  # fmt: skip


def no_sound(field: str) -> Deviation:
    """A recording that is none is an internal error."""
    return Deviation(
        "no-sound",
        "what cannot be decoded is an internal error",
        lambda body: not is_sound(body[field]),
        500,
    )


def _no_wav(request: Any, reply: Any) -> str | None:
    wave = read(decoded(reply.get("base64") or reply.get("tts_result") or ""))
    if wave is None:
        return "the reply is no WAV of 16 bits a sample"
    return None if wave.seconds else "the WAV is silent: it has no samples"


WAV_LAWS = (
    Law("wav", "the audio is a WAV file that can be played, whatever its content type says", _no_wav),
)
HELLO = Upload("hello.wav", spoken("Hello."), "audio/wav")
HELLO_BASE64 = b64encode(HELLO.content).decode()
NO_SOUND = Upload("note.wav", b"This is no sound.", "audio/wav")
