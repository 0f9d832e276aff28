"""What the smaller guardrails take and say (comps/cores/proto/docarray.py, GenAIComps 8130a3f)."""

from typing import Any

from harness.opea.proto.doc import Doc


class FactualityDoc(Doc):
    """A text to be checked against a reference."""

    reference: str
    text: str


class ScoreDoc(Doc):
    """A score, 0..1."""

    score: float


class PIIRequestDoc(Doc):
    """A prompt to be searched for personal data."""

    prompt: str
    replace: bool | None = False
    replace_method: str | None = "random"


class PIIResponseDoc(Doc):
    """The personal data found, or the prompt without them."""

    detected_pii: list[dict[str, Any]] | None = None
    new_prompt: str | None = None
