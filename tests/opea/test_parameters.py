"""LLM parameters: chosen, then held, then default."""

import pytest

from harness.opea.parameters import is_streaming, with_parameters
from harness.opea.proto.docarray import LLMParams


def test_what_the_inputs_hold_is_kept_against_defaults():
    """The caller's 4096 tokens stay 4096."""
    given = with_parameters({"max_tokens": 4096, "temperature": None}, LLMParams())

    assert (given["max_tokens"], given["temperature"], given["top_k"]) == (4096, 0.01, 10)


def test_what_was_chosen_wins():
    """A parameter that was set counts above what rides along in the inputs."""
    given = with_parameters({"max_tokens": 4096}, LLMParams(max_tokens=7))

    assert given["max_tokens"] == 7


def test_neither_none_nor_an_id_is_sent():
    """The defaults are upstream's twelve."""
    assert with_parameters({}, LLMParams()) == {
        "max_tokens": 1024,
        "max_new_tokens": 1024,
        "top_k": 10,
        "top_p": 0.95,
        "typical_p": 0.95,
        "temperature": 0.01,
        "frequency_penalty": 0.0,
        "presence_penalty": 0.0,
        "repetition_penalty": 1.03,
        "stream": True,
        "language": "auto",
    }


def test_the_inputs_are_not_changed():
    """A copy is."""
    inputs = {"text": "a"}
    with_parameters(inputs, LLMParams())

    assert inputs == {"text": "a"}


@pytest.mark.parametrize(
    ("parameters", "inputs", "streams"),
    [
        (LLMParams(), {}, True),
        (LLMParams(), {"stream": False}, False),
        (LLMParams(stream=True), {"stream": False}, True),
        (LLMParams(stream=False), {"stream": True}, False),
        (LLMParams(), {"stream": None}, True),
        (LLMParams(), LLMParams(stream=False), False),
        (LLMParams(), [1], True),
    ],
)
def test_the_caller_decides_whether_to_stream(parameters, inputs, streams):
    """What was chosen, else what the inputs say, else yes."""
    assert is_streaming(parameters, inputs) is streams
