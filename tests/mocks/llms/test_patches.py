"""LangChain's patches."""

import json

from mocks.llms._patches import patches


def told(refines):
    """The operations of a stream, event by event, without its end mark."""
    stream = patches(("A", " b."), "What?", refines=refines)
    events = [*stream.head, *stream.tokens, *stream.tail]

    assert events.pop() == b"data: [DONE]\n\n"
    return [json.loads(event.removeprefix(b"data: "))["ops"] for event in events]


def test_a_log_tells_who_runs_each_token_twice_and_what_came_of_it():
    """In the order of the genuine component."""
    paths = [[op["path"] for op in ops] for ops in told(refines=False)]
    said = ["/logs/VLLMOpenAI/streamed_output_str/-", "/logs/VLLMOpenAI/streamed_output/-"]

    assert paths == [
        [""],
        ["/logs/LLMChain"],
        ["/logs/VLLMOpenAI"],
        said,
        said,
        ["/logs/VLLMOpenAI/final_output", "/logs/VLLMOpenAI/end_time"],
        ["/logs/LLMChain/final_output", "/logs/LLMChain/end_time"],
        ["/streamed_output/-", "/final_output"],
    ]


def test_a_chain_that_refines_tells_its_steps():
    """The others tell what they read and what they say."""
    plain, refined = (told(refines)[-1][0]["value"] for refines in (False, True))

    assert plain["input_documents"][0]["kwargs"]["page_content"] == "What?"
    assert plain["output_text"] == "A b."
    assert [*refined] == ["input_documents", "intermediate_steps", "output_text"]
    assert refined["intermediate_steps"] == ["A b."]
