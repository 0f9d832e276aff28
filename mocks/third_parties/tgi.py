"""Text Generation Inference: its own `/generate` and `/generate_stream`, both at the root too, and OpenAI's routes."""

from dataclasses import replace
from typing import Any

import orjson
from pydantic import BaseModel, Field

from harness.comp import Binary, Comp, Endpoint, Example, Law, Spoken, Stream, Variant, World
from harness.sse import Reply
from mocks._speech import MODEL, Limit, Speech, speak, streamed
from mocks.third_parties._server import QUESTION, Server, health, page

SOURCE = "huggingface/text-generation-inference, router/src/server.rs"
TOKENS_MAX = 100  # TGI's default of max_new_tokens.


class Parameters(BaseModel):
    """How to generate."""

    max_new_tokens: int | None = Field(default=TOKENS_MAX, ge=1)
    stop: list[str] = Field(default=[])
    details: bool = False


class Generate(BaseModel):
    """A prompt to be continued."""

    inputs: str
    parameters: Parameters = Parameters()


class Compatible(Generate):
    """A prompt as huggingface_hub's client sends it to the root."""

    stream: bool = False


class Generated(BaseModel):
    """The continuation; details where they were asked for."""

    generated_text: str
    details: dict[str, Any] | None = None


def generate(request: Generate, world: World) -> Spoken | Binary:
    """The whole continuation."""
    if not request.inputs:
        return _empty()
    speech = _spoken(request)
    reply: dict[str, Any] = {"generated_text": speech.text}
    if request.parameters.details:
        reason = "eos_token" if speech.finish_reason == "stop" else "length"
        reply["details"] = {
            "finish_reason": reason,
            "generated_tokens": len(speech.tokens),
            "seed": None,
            "prefill": [],
            "tokens": [],
        }
    return Spoken(reply, speech.prompt_tokens, len(speech.tokens), speech.finish_reason)


def generate_stream(request: Generate, world: World) -> Stream | Binary:
    """The continuation token by token."""
    return streamed("tgi", _spoken(request), Reply()) if request.inputs else _empty()


def compatible(request: Compatible, world: World) -> Spoken | Stream | Binary:
    """The continuation token by token, or whole and in a list."""
    if request.stream:
        return generate_stream(request, world)
    whole = generate(request, world)
    return replace(whole, reply=[whole.reply]) if isinstance(whole, Spoken) else whole


def info(request: None, world: World) -> dict[str, Any]:
    """Which model is served, and its limits."""
    return {
        "model_id": world.settings.get("LLM_MODEL_ID", MODEL),
        "max_input_tokens": 4095,
        "max_total_tokens": 4096,
        "version": "2.4.1",
    }


def _spoken(request: Generate) -> Speech:
    parameters = request.parameters
    return speak(request.inputs, (), Limit(parameters.max_new_tokens, tuple(parameters.stop)))


def _empty() -> Binary:
    words = "Input validation error: `inputs` cannot be empty"
    return Binary(orjson.dumps({"error": words, "error_type": "validation"}), "application/json", 422)


def _says_something(request: Any, reply: Any) -> str | None:
    first = reply[0] if isinstance(reply, list) else reply
    text = first["text"] if "generated_text" not in first else first["generated_text"]
    return None if text else "the continuation is empty"


LAWS = (Law("not-empty", "a continuation says something", _says_something),)
ASKED = {"inputs": QUESTION, "parameters": {"max_new_tokens": 17}}
EMPTY = Example("empty", {"inputs": ""}, status=422)

COMP = Comp(
    id="third_parties.tgi",
    title="text-generation-inference",
    port=80,
    service_type="LLM",
    image="ghcr.io/huggingface/text-generation-inference:2.4.1-intel-cpu",
    framework=False,
    statistics=False,
    ready="/health",
    engine="tgi",
    endpoints=(
        Endpoint(
            "/generate",
            generate,
            (
                Variant(
                    "prompt",
                    Generate,
                    Generated,
                    examples=(Example("prompt", ASKED), EMPTY),
                    laws=LAWS,
                ),
            ),
            evidence="source-only",
            source=SOURCE,
        ),
        Endpoint(
            "/generate_stream",
            generate_stream,
            (
                Variant(
                    "prompt",
                    Generate,
                    None,
                    examples=(Example("streamed", ASKED, stream=True), EMPTY),
                    laws=LAWS,
                    dialect="tgi",
                    streams={},
                ),
            ),
            evidence="source-only",
            source=SOURCE,
        ),
        Endpoint(
            "/",
            compatible,
            (
                Variant(
                    "prompt",
                    Compatible,
                    list[Generated],
                    examples=(
                        Example("prompt", ASKED),
                        Example("streamed", {**ASKED, "stream": True}, stream=True),
                        EMPTY,
                    ),
                    laws=LAWS,
                    dialect="tgi",
                    streams={"stream": True},
                ),
            ),
            evidence="source-only",
            source=SOURCE,
            notes=(
                "here huggingface_hub's client asks, and by it OPEA's docsum, faqgen, lvm, text2sql and agents",
            ),
        ),
        *Server("text-generation-inference").endpoints(SOURCE),
        page("/info", info, dict[str, Any], {"max_total_tokens": 4096}, SOURCE),
        health(SOURCE),
    ),
)
