"""Answers are read into ops: whole ones, refusals, and streams in every dialect and every kind of breakage."""

import orjson
import pytest

from harness.answer import SHAPELESS, StreamReader, read_json, read_refusal, text_of
from harness.history import Op
from harness.sse import DIALECTS

TEXTS = ["Deep", " learning", " isn't", " magic"]
SSE = "text/event-stream; charset=utf-8"


def op(mode="stream", content_type=SSE):
    return Op("1", "ask", "q", mode, status=200, content_type=content_type)


def read(chunks, *, declared="openai", content_type=SSE, is_clean=True):
    """The op of a stream whose chunks came 10 ns apart."""
    read = op(content_type=content_type)
    reader = StreamReader(read, declared)
    for index, chunk in enumerate(chunks):
        reader.feed(10 * (index + 1), chunk)
    reader.finish(10 * (len(chunks) + 1), is_clean=is_clean)
    return read


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_a_stream_is_read_in_the_dialect_that_it_shows(dialect):
    """Whatever dialect is declared, a stream with a shape of its own is read in its own, and its text is whole."""
    declared = dialect if dialect in SHAPELESS else "openai"
    actual = read(
        DIALECTS[dialect].encode(TEXTS), declared=declared, content_type=DIALECTS[dialect].content_type
    )

    assert (actual.text, actual.error, actual.ended) == ("Deep learning isn't magic", "", True)


def test_content_before_the_dialect_is_known_keeps_its_times():
    """A first event cut over two reads has the time of the read that completed it, the next its own."""
    head, first, second, *rest = DIALECTS["openai"].encode(TEXTS)
    stream = head + first
    actual = read([stream[:9], stream[9:], second, *rest])

    assert actual.content_ns[:2] == [20, 30]


def test_the_servers_own_count_of_tokens_wins():
    """Where the stream carries usage, its completion tokens are the count, not the number of events."""
    *events, tail = DIALECTS["openai"].encode(TEXTS)
    usage = b'data: {"choices": [], "usage": {"completion_tokens": 9}}\n\n'
    body, done = tail[: tail.index(b"data: [DONE]")], b"data: [DONE]\n\n"

    assert read([*events, tail]).tokens == 4
    assert read([*events, body, usage, done]).tokens == 9


@pytest.mark.parametrize(
    ("chunks", "error", "detail"),
    [
        (
            DIALECTS["openai"].encode(TEXTS)[:-1],
            "incomplete",
            "the stream ended without its end mark (data: [DONE]), after 5 events, 4 with text",
        ),
        ([b"data: [DONE]\n\n"], "incomplete", "the stream ended without its finish_reason"),
        (
            [],
            "incomplete",
            "the stream ended without its end mark (data: [DONE]), after 0 events, 0 with text",
        ),
        (DIALECTS["openai"].encode([]), "empty", " events came, and no text in them"),
        ([b'data: {"choices": [{"delta"\n\n'], "malformed", "the data is no JSON"),
        (
            [*DIALECTS["openai"].encode(TEXTS), b"data: {}\n\n"],
            "malformed",
            "1 events came after the end mark",
        ),
        ([b"<html>busy</html>\n\n"], "malformed", "the line is no field of a server-sent event"),
        ([b"plain words"], "malformed", "the stream ended before the blank line that ends the event"),
    ],
    ids=["cut", "only-done", "nothing", "no-text", "bad-json", "after-done", "html", "no-framing"],
)
def test_a_broken_stream_is_an_error_of_its_own_class(chunks, error, detail):
    """No breakage of a stream passes for an answer, and its words say what was missing."""
    actual = read(chunks)

    assert (actual.error, actual.ok) == (error, False)
    assert detail in actual.detail


def test_an_error_event_is_kept_as_the_problem():
    """A stream that says it failed is an error, and what it said is the op's problem, with its node."""
    problem = {"title": "Bad Gateway", "status": 502, "node": "llm", "kind": "reset", "detail": "llm: cut"}
    actual = read(
        [*DIALECTS["openai"].encode(TEXTS)[:3], b"event: error\ndata: " + orjson.dumps(problem) + b"\n\n"]
    )

    assert (actual.error, actual.problem, actual.text) == ("error_event", problem, "Deep learning")
    assert actual.detail == "the server sent an error after 2 tokens: llm: cut"


def test_an_error_event_without_json_has_no_problem():
    """An error event of plain words is an error all the same."""
    actual = read([b"event: error\ndata: it broke\n\n"])

    assert (actual.error, actual.problem) == ("error_event", None)
    assert "it broke" in actual.detail


def test_a_stream_that_was_cut_off_keeps_its_text_and_is_not_judged():
    """The client's error says why a cut stream ended; the reader only keeps what came."""
    actual = read(DIALECTS["openai"].encode(TEXTS)[:3], is_clean=False)

    assert (actual.text, actual.content_ns, actual.ended, actual.error) == (
        "Deep learning",
        [20, 30],
        False,
        "",
    )


def test_a_head_without_end_is_read_in_the_declared_dialect():
    """A stream that never shows a dialect is not held in memory for ever."""
    reader = StreamReader(op(), "openai")
    for at_ns in range(20):
        reader.feed(at_ns, b": " + b"x" * 5000 + b"\n")

    assert reader._waiting == []


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"choices": [{"message": {"role": "assistant", "content": "yes"}}]}, "yes"),
        ({"choices": [{"text": "yes"}]}, "yes"),
        ({"text": "yes"}, "yes"),
        ({"message": {"content": "yes"}}, "yes"),
        ({"response": "yes"}, "yes"),
        ([{"generated_text": "yes"}], "yes"),
        ("yes", "yes"),
        ({"query": "When?", "documents": ["One.", "Two."]}, "When?\nOne.\nTwo."),
        ({"initial_query": "When?", "retrieved_docs": [{"text": "One."}]}, "When?\nOne."),
        ({"reranked_docs": [{"text": "One.", "score": 0.5}]}, "One."),
        ({"query": "When?", "documents": []}, ""),
        ({"choices": [{"message": {"content": None}}]}, ""),
        ({"choices": []}, ""),
        ({"detail": "no"}, ""),
        ([], ""),
        (7, ""),
    ],
)
def test_the_text_is_found_in_every_shape(answer, text):
    """OpenAI's completions and the simpler shapes of OPEA's services give their text, all else none."""
    assert text_of(answer) == text


def test_a_whole_answer_has_text_and_tokens():
    """A completion's text and the server's count of tokens are noted."""
    actual = op("json", "application/json")
    read_json(actual, b'{"choices": [{"message": {"content": "yes"}}], "usage": {"completion_tokens": 3}}')

    assert (actual.text, actual.tokens, actual.ok) == ("yes", 3, True)


@pytest.mark.parametrize(
    ("body", "error", "detail"),
    [
        (b'{"choices": [{"message": {"content": ""}}]}', "empty", "the answer holds no text: {"),
        (b'{"detail": "no route"}', "empty", 'the answer holds no text: {"detail": "no route"}'),
        (b'{"text": "cut o', "malformed", 'the answer is no JSON: {"text": "cut o'),
        (b"", "malformed", "the answer is no JSON: "),
    ],
)
def test_a_200_without_text_is_an_error(body, error, detail):
    """An answer with nothing in it is never green."""
    actual = op("json", "application/json")
    read_json(actual, body)

    assert (actual.error, actual.ok) == (error, False)
    assert actual.detail.startswith(detail)


def test_a_refusal_keeps_its_problem():
    """The problem+json of a refusal is kept whole, and a refusal of plain text has none."""
    told, plain = op(), op()
    told.status = plain.status = 502
    read_refusal(told, b'{"node": "embedding", "kind": "reset"}')
    read_refusal(plain, b"Bad Gateway" * 100)

    assert (told.error, told.problem) == ("status", {"node": "embedding", "kind": "reset"})
    assert (plain.problem, len(plain.detail)) == (None, len("the gateway answered 502: ") + 303)
