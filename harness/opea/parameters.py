"""LLM parameters: what the caller set is kept, what nobody set gets OPEA's default.

A value that was set in `llm_parameters` wins, then what the inputs hold already, then the default. Upstream lets
even its defaults overwrite the caller's own values.
"""

from collections.abc import Mapping
from typing import Any

from harness.opea.proto.docarray import LLMParams

NEVER_SENT = frozenset({"id"})  # The id of the parameters as a document; it says nothing about the request.


def is_streaming(parameters: LLMParams, inputs: Any) -> bool:
    """Whether the answer is to be a stream."""
    if "stream" in parameters.model_fields_set:
        return parameters.stream
    own = inputs.get("stream") if isinstance(inputs, Mapping) else getattr(inputs, "stream", None)
    return own if isinstance(own, bool) else parameters.stream


def with_parameters(inputs: dict[str, Any], parameters: LLMParams) -> dict[str, Any]:
    """The inputs of an LLM with its parameters; None is not sent."""
    result = dict(inputs)
    chosen = parameters.model_fields_set
    for name, value in vars(parameters).items():
        if value is None or name in NEVER_SENT:
            continue
        if name in chosen or result.get(name) is None:
            result[name] = value
    return result
