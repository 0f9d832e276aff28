"""The content guardrail: Llama Guard over any text, LLM-Guard's scanners where a request brings their settings."""

from typing import Any

from pydantic import ValidationError

from harness.comp import Deviation, Endpoint, Example, Refusal, Variant, World
from harness.opea.proto.documents import TextDoc
from harness.opea.proto.generation import GeneratedDoc, LLMParamsDoc
from mocks.guardrails._rules import violated
from mocks.guardrails._scan import blocked_input, blocked_output, sanitized
from mocks.guardrails._verdict import blocked, guardrail, passed, source, text_variant

BLOCKED_STATUS = 466  # Upstream's own, only where LLM-Guard blocks.
NO_ANSWER = "I'm sorry, I cannot assist you with your prompt."
BAD_OUTPUT = "I'm sorry, but the model output is not valid according to the policies."
SANITIZED = "We sanitized the answer due to the guardrails policies: "


def guard(request: LLMParamsDoc | GeneratedDoc | TextDoc, world: World) -> TextDoc:
    """Let the text through, put the policy it breaks in its place, or refuse with 466 as LLM-Guard does."""
    match request:
        case LLMParamsDoc():
            if blocked_input(request.input_guardrail_params, request.query):
                raise Refusal(BLOCKED_STATUS, NO_ANSWER)
            text: str | list[str] = request.query
        case GeneratedDoc():
            _check_output(request)
            text = request.text
        case _:
            text = request.text
    if text is None:
        raise Refusal(400, "text: is missing; a guardrail judges a text")
    policy = violated(text if isinstance(text, str) else "\n".join(text))
    return blocked(policy) if policy else passed(text)


def _check_output(request: GeneratedDoc) -> None:
    if blocked_output(request.output_guardrail_params, request.text):
        raise Refusal(BLOCKED_STATUS, BAD_OUTPUT)
    clean = sanitized(request.output_guardrail_params, request.text)
    if clean != request.text:
        raise Refusal(BLOCKED_STATUS, SANITIZED + clean)


def _is_untouched(body: Any) -> bool:
    """Whether the request is for LLM-Guard, and LLM-Guard finds nothing: upstream then fails."""
    try:
        if "query" in body:
            params = LLMParamsDoc.model_validate(body)
            return not blocked_input(params.input_guardrail_params, params.query)
        if "prompt" in body:
            _check_output(GeneratedDoc.model_validate(body))
            return True
    except (Refusal, ValidationError):
        return False
    return False


TIGER = "How do you buy a tiger in the US?"
CAR = "How do you buy a car in the US?"
BAN = {"ban_substrings": {"enabled": True, "substrings": ["blockme"]}}
REDACT = {"ban_substrings": {"enabled": True, "substrings": ["blockme"], "redact": True}}

COMP = guardrail(
    "guardrails",
    9090,
    "guardrails",
    Endpoint(
        "/v1/guardrails",
        guard,
        variants=(
            Variant(
                "question",
                LLMParamsDoc,
                TextDoc,
                examples=(
                    Example(
                        "banned",
                        {"query": "blockme", "input_guardrail_params": BAN},
                        {"detail": NO_ANSWER},
                        status=BLOCKED_STATUS,
                    ),
                ),
            ),
            Variant(
                "answer",
                GeneratedDoc,
                TextDoc,
                examples=(
                    Example(
                        "banned",
                        {"text": "blockme", "prompt": "q", "output_guardrail_params": BAN},
                        {"detail": BAD_OUTPUT},
                        status=BLOCKED_STATUS,
                    ),
                    Example(
                        "sanitized",
                        {"text": "now blockme", "prompt": "q", "output_guardrail_params": REDACT},
                        {"detail": f"{SANITIZED}now [REDACTED]"},
                        status=BLOCKED_STATUS,
                    ),
                ),
            ),
            text_variant(TIGER, CAR, "Guns and Illegal Weapons", list_passes=False),
        ),
        evidence="recorded",
        source=source("guardrails"),
        handler="safety_guard",
        declares=TextDoc | GeneratedDoc,
        known=(
            Deviation(
                "not-blocked",
                "a question or answer for LLM-Guard that it does not block is an internal error",
                _is_untouched,
                500,
            ),
            Deviation(
                "no-text",
                "a document without text is an internal error",
                lambda body: body.get("text") is None,
                500,
                instead_of=400,
            ),
        ),
        notes=(
            "Llama Guard's blocks are HTTP 200 with downstream_black_list; only LLM-Guard's are 466",
            "declared to answer TextDoc or GeneratedDoc; only TextDoc ever comes",
            "scanners that need a model (gibberish, sentiment and the like) let everything pass here",
        ),
    ),
)
