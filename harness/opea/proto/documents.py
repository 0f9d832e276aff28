"""Documents in and out: texts, images, audio and paths (comps/cores/proto/docarray.py, GenAIComps 8130a3f)."""

from typing import Any

from harness.opea.proto.doc import ABSENT, AudioUrl, Doc, ImageUrl, Routing


class TextDoc(Doc, Routing):
    """A text, or several; what most comps take."""

    text: str | list[str] = ABSENT


class MetadataTextDoc(TextDoc):
    """A text with what is known about it."""

    metadata: dict[str, Any] | None = None


class ImageDoc(Doc):
    """An image, by address or as base64."""

    url: ImageUrl | None = None
    base64_image: str | None = None


class TextImageDoc(Doc):
    """An image and its text."""

    image: ImageDoc = ABSENT
    text: TextDoc = ABSENT


class Base64ByteStrDoc(Doc):
    """Bytes (mostly audio) as base64."""

    byte_str: str


class DocSumDoc(Doc):
    """What is to be summarised: one of the three."""

    text: str | None = None
    audio: str | None = None
    video: str | None = None


class DocPath(Doc):
    """A file to ingest, and how to split it into chunks."""

    path: str
    chunk_size: int = 1500
    chunk_overlap: int = 100
    process_table: bool = False
    table_strategy: str = "fast"


class Audio2text(Doc, Routing):
    """A transcribed question."""

    query: str = ABSENT


class Audio2TextDoc(Doc):
    """Audio to be transcribed."""

    url: AudioUrl | None = None
    tensor: list[float] | None = None
    embedding: list[float] | None = None
    bytes_: bytes | None = None
    frame_rate: int | None = None
    model_name_or_path: str | None = "openai/whisper-small"
    language: str | None = "auto"


class ImagePath(Doc):
    """The path of an image."""

    image_path: str


class ImagesPath(Doc):
    """The paths of several images."""

    images_path: list[ImagePath]


class VideoPath(Doc):
    """The path of a video."""

    video_path: str


class PrevQuestionDetails(Doc):
    """An earlier turn of the conversation."""

    question: str
    answer: str


class PromptTemplateInput(Doc):
    """What a prompt is built from: data, history and templates."""

    data: dict[str, Any]
    conversation_history: list[PrevQuestionDetails] | None = None
    conversation_history_parse_type: str = "naive"
    system_prompt_template: str | None = None
    user_prompt_template: str | None = None


class TranslationInput(Doc):
    """A text and the language to translate it into."""

    text: str
    target_language: str
