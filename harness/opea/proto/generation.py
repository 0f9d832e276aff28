"""What models of text, vision and images take and give (comps/cores/proto/docarray.py, GenAIComps 8130a3f)."""

from typing import Annotated, Any

from pydantic import Field, NonNegativeFloat, PositiveInt

from harness.opea.proto.doc import ABSENT, Doc
from harness.opea.proto.scanners import LLMGuardInputGuardrailParams, LLMGuardOutputGuardrailParams


class LLMParamsDoc(Doc):
    """A question to an LLM with its documents; streams unless told otherwise."""

    model: str | None = None
    query: str
    max_tokens: int = 1024
    max_new_tokens: PositiveInt = 1024
    top_k: PositiveInt = 10
    top_p: NonNegativeFloat = 0.95
    typical_p: NonNegativeFloat = 0.95
    temperature: NonNegativeFloat = 0.01
    frequency_penalty: NonNegativeFloat = 0.0
    presence_penalty: NonNegativeFloat = 0.0
    repetition_penalty: NonNegativeFloat = 1.03
    stream: bool = True
    language: str = "auto"
    input_guardrail_params: LLMGuardInputGuardrailParams | None = None
    output_guardrail_params: LLMGuardOutputGuardrailParams | None = None
    chat_template: str | None = None
    documents: list[dict[str, str]] | list[str] | None = Field(default=[])


class LLMParams(Doc):
    """Sampling parameters of an LLM; streams unless told otherwise."""

    model: str | None = None
    max_tokens: int = 1024
    max_new_tokens: PositiveInt = 1024
    top_k: PositiveInt = 10
    top_p: NonNegativeFloat = 0.95
    typical_p: NonNegativeFloat = 0.95
    temperature: NonNegativeFloat = 0.01
    frequency_penalty: NonNegativeFloat = 0.0
    presence_penalty: NonNegativeFloat = 0.0
    repetition_penalty: NonNegativeFloat = 1.03
    stream: bool = True
    language: str = "auto"
    index_name: str | None = None
    chat_template: str | None = None


class GeneratedDoc(Doc):
    """An LLM's text and the prompt it answers."""

    text: str
    prompt: str
    output_guardrail_params: LLMGuardOutputGuardrailParams | None = None


class GraphDoc(Doc):
    """A question to a graph database."""

    text: str
    strtype: str | None = "query"
    max_new_tokens: int | None = 1024
    rag_index_name: str | None = "rag"
    rag_node_label: str | None = "Task"
    rag_text_node_properties: list[Any] | None = Field(default=["name", "description", "status"])
    rag_embedding_node_property: str | None = "embedding"


class LVMDoc(Doc):
    """A question about an image."""

    image: str | list[str]
    prompt: str
    max_new_tokens: Annotated[int, Field(ge=0, le=1024)] = 512
    top_k: int = 10
    top_p: float = 0.95
    typical_p: float = 0.95
    temperature: float = 0.01
    repetition_penalty: float = 1.03
    stream: bool = False


class LVMVideoDoc(Doc):
    """A question about a stretch of a video; `chunk_start` and `chunk_duration` are seconds."""

    video_url: str
    chunk_start: float
    chunk_duration: float
    prompt: str
    max_new_tokens: Annotated[int, Field(ge=0, le=1024)] = 512


class SDInputs(Doc):
    """A request to generate images from a prompt."""

    prompt: str
    num_inference_steps: int = 50
    guidance_scale: float = 7.5
    num_images_per_prompt: int = 1
    seed: int = 42
    negative_prompt: str | list[str] | None = None
    height: int | None = None
    width: int | None = None
    lora_weight_name_or_path: str | None = None


class SDImg2ImgInputs(Doc):
    """A request to generate images from a prompt and an image."""

    image: str
    prompt: str | list[str] = ABSENT
    height: int | None = None
    width: int | None = None
    strength: float = 0.8
    num_inference_steps: int | None = 50
    guidance_scale: float | None = 7.5
    negative_prompt: str | list[str] | None = None
    num_images_per_prompt: int = 1
    seed: int = 42
    lora_weight_name_or_path: str | None = None


class SDOutputs(Doc):
    """The generated images, in base64."""

    images: list[Any]
