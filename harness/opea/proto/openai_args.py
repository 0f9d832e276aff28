"""What OPEA's text generation hands on to an OpenAI-like server, and its error codes.

comps/cores/proto/api_protocol.py, GenAIComps 8130a3f; whatever else a request carries is dropped.
"""

from enum import IntEnum

_BOTH = ("frequency_penalty", "max_tokens", "n", "presence_penalty")

ALLOWED_CHATCOMPLETION_ARGS = (
    "model", "messages", *_BOTH, "response_format", "seed", "stop", "stream", "stream_options", "temperature",
    "top_p", "user",
)  # fmt: skip

ALLOWED_COMPLETION_ARGS = (
    "model", "prompt", "echo", *_BOTH, "seed", "stop", "stream", "suffix", "temperature", "top_p", "user",
)  # fmt: skip


class ApiErrorCode(IntEnum):
    """The codes of an ErrorResponse."""

    VALIDATION_TYPE_ERROR = 40001
    INVALID_AUTH_KEY = 40101
    INCORRECT_AUTH_KEY = 40102
    NO_PERMISSION = 40103
    INVALID_MODEL = 40301
    PARAM_OUT_OF_RANGE = 40302
    CONTEXT_OVERFLOW = 40303
    RATE_LIMIT = 42901
    QUOTA_EXCEEDED = 42902
    ENGINE_OVERLOADED = 42903
    INTERNAL_ERROR = 50001
    CUDA_OUT_OF_MEMORY = 50002
    GRADIO_REQUEST_ERROR = 50003
    GRADIO_STREAM_UNKNOWN_ERROR = 50004
