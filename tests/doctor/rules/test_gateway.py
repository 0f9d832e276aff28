"""What the megaservice answers to one question."""

from dataclasses import replace

import pytest

from tests.doctor.stacks import seed


def asked(**answers):
    return seed().answering("gateway", role="gateway", **answers).diagnosis()


@pytest.mark.parametrize(
    ("answer", "id_", "words"),
    [
        ((200, b""), "empty-answer", "no answer in it"),
        ((200, b"data: [DONE]\n\n"), "empty-answer", "no answer in it"),
        ((200, b'{"choices":[{"message":{"content":""}}]}'), "empty-answer", "no answer in it"),
        ((404, b'{"detail":"Not Found"}'), "gateway-fails", "the megaservice has no such route"),
        ((500, b"Internal Server Error"), "gateway-fails", "the megaservice answers 500"),
        (
            (504, b'{"node":"llm","kind":"first_byte_timeout"}'),
            "gateway-fails",
            "fails at llm: first_byte_timeout",
        ),
        ("reset", "gateway-gone", "does not answer (reset)"),
    ],
)
def test_an_answer_that_is_none_is_told(answer, id_, words):
    """An empty 200 is never green."""
    (found,) = asked(question=answer).findings

    assert found.id == id_
    assert words in found.what


@pytest.mark.parametrize(
    "body",
    [
        b'{"choices":[{"message":{"content":"Hello"}}]}',
        b'{"text":"Hello"}',
        b'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\ndata: [DONE]\n\n',
        b"data: b'Hello'\n\ndata: [DONE]\n\n",
    ],
)
def test_an_answer_with_a_text_is_well(body):
    """In whichever way OPEA's megaservices say it; whether it is right is for `ask` to tell."""
    found = asked(question=(200, body))

    assert (found.findings, found.doubts) == ((), ())


def test_a_megaservice_that_takes_its_time_is_a_doubt():
    """A model on a CPU does."""
    found = asked(question="first_byte_timeout")

    assert ([each.id for each in found.doubts], found.exit_code) == (["gateway-late"], 6)


def test_without_a_question_only_its_absence_is_told():
    """A GET of the route is answered with 405 by OPEA's own."""
    assert asked(ready=(405, b"")).findings == ()
    assert asked(ready="refused").findings[0].id == "gateway-gone"


def test_json_that_is_called_a_stream_is_told_as_that():
    """The answer is there, and who reads a stream does not find it."""
    body = b'{"choices":[{"message":{"content":"Hello"}}]}'
    stack = seed().answering("gateway", role="gateway", question=(200, body))
    (probe,) = stack.probes
    streamed = replace(probe.answers["question"], content_type="text/event-stream; charset=utf-8")
    stack.probes[:] = [replace(probe, answers={"question": streamed})]
    (found,) = stack.diagnosis().findings

    assert found.id == "empty-answer"
    assert found.what == (
        "the megaservice answers in JSON what it calls text/event-stream: who reads a stream finds no answer in it"
    )
