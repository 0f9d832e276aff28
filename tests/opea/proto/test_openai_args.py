"""What OPEA's text generation hands on."""

from harness.opea.proto.chat import ChatCompletionRequest
from harness.opea.proto.openai_args import ALLOWED_CHATCOMPLETION_ARGS, ALLOWED_COMPLETION_ARGS, ApiErrorCode


def test_what_is_handed_on_is_part_of_the_request():
    """Only fields of a chat are handed on; the prompt is made of its messages."""
    assert set(ALLOWED_CHATCOMPLETION_ARGS) <= set(ChatCompletionRequest.model_fields)
    assert set(ALLOWED_COMPLETION_ARGS) - set(ChatCompletionRequest.model_fields) == {"prompt"}


def test_tools_are_not_handed_on():
    """Upstream drops tools, logprobs and top_k."""
    assert not {"tools", "tool_choice", "logprobs", "top_k"} & set(ALLOWED_CHATCOMPLETION_ARGS)


def test_a_code_begins_with_its_http_status():
    """40303 is a 403."""
    assert {code // 100 for code in ApiErrorCode} == {400, 401, 403, 429, 500}
