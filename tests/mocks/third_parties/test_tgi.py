"""Text Generation Inference."""

from harness.sse import TextStream
from mocks.third_parties.tgi import COMP, LAWS
from tests.mocks.contract import ask

PROMPT = "### Search results:\nA tram runs on rails.\n### Question: What runs on rails?\n### Answer:"


def test_a_stream_says_what_the_whole_says():
    """The last token carries the whole text and the reason."""
    body = {"inputs": PROMPT, "parameters": {"details": True}}
    whole = ask(COMP, "POST", "/generate", body).json()
    stream = TextStream("tgi")
    stream.feed(0, ask(COMP, "POST", "/generate_stream", body).content)
    stream.finish(1)

    assert whole["generated_text"] == stream.text == "A tram runs on rails."
    assert whole["details"]["generated_tokens"] == stream.tokens == 5
    assert (whole["details"]["finish_reason"], stream.finish_reason) == ("eos_token", "stop")
    assert stream.outcome == "whole"


def test_a_cut_continuation_says_length():
    """max_new_tokens bounds the tokens."""
    body = {"inputs": PROMPT, "parameters": {"details": True, "max_new_tokens": 2}}

    assert ask(COMP, "POST", "/generate", body).json()["details"]["finish_reason"] == "length"


def test_an_empty_prompt_is_refused_in_tgis_words():
    """The error names its type."""
    reply = ask(COMP, "POST", "/generate_stream", {"inputs": ""})

    assert reply.status_code == 422
    assert reply.json()["error_type"] == "validation"


def test_an_empty_continuation_breaks_the_law():
    """The law has been seen to fail, for both forms."""
    assert [law.broken({}, {"generated_text": ""}) for law in LAWS] == ["the continuation is empty"]
    assert [law.broken({}, {"text": ""}) for law in LAWS] == ["the continuation is empty"]


def test_the_root_continues_as_huggingface_hubs_client_asks_it():
    """Whole in a list, streamed as the other route streams; an empty prompt is refused there too."""
    body = {"inputs": PROMPT, "parameters": {}}
    streamed = ask(COMP, "POST", "/generate_stream", body).content

    assert ask(COMP, "POST", "/", body).json() == [ask(COMP, "POST", "/generate", body).json()]
    assert ask(COMP, "POST", "/", {**body, "stream": True}).content == streamed
    assert ask(COMP, "POST", "/", {"inputs": ""}).json()["error_type"] == "validation"
    assert [law.broken({}, [{"generated_text": ""}]) for law in LAWS] == ["the continuation is empty"]
