"""What an event says, dialect by dialect."""

import pytest

from harness.sse import DIALECTS, Event
from harness.sse.decode import PyBytes, error_of


def decode(dialect, data):
    return DIALECTS[dialect].decoder().decode(Event(3, 40, 40 + len(data), 7, data))


@pytest.mark.parametrize(
    ("dialect", "data", "text"),
    [
        ("openai", b'{"choices":[{"index":0,"delta":{"content":"hi"}}]}', "hi"),
        ("openai", b'{"choices":[{"index":0,"text":"hi"}]}', "hi"),
        ("openai", b'{"choices":[{"index":0,"text":"hi"},{"index":0,"text":"other"}]}', "hi"),
        ("openai", b'{"choices":[{"index":0,"delta":{"role":"assistant","content":null}}]}', ""),
        ("openai", b'{"choices":[{"index":1,"delta":{"content":"other"}}]}', ""),
        ("openai", b'{"choices":[],"usage":{"completion_tokens":1}}', ""),
        ("py_bytes", rb"b'it\'s \xc3\xa9'", "it's é"),
        ("py_bytes", b'b"it\'s"', "it's"),
        ("py_bytes", b"b''", ""),
        ("py_bytes", b"b' learning'", " learning"),
        ("py_bytes", rb"b'a\nb\\c'", "a\nb\\c"),
        ("raw_delta", " é".encode(), " é"),
        ("json_ops", b'{"ops":[{"op":"add","path":"/logs/X/streamed_output/-","value":"a"}]}', "a"),
        ("json_ops", b'{"ops":[{"op":"add","path":"/logs/X/final_output","value":"all"}]}', ""),
        ("json_ops", b'{"ops":[{"op":"add","path":"/streamed_output/-","value":"all"}]}', ""),
        ("json_ops", b'{"ops":[{"op":"replace","path":"","value":{}}]}', ""),
        ("json_ops", b'{"ops":[{"op":"test","path":"/logs/X/streamed_output/-","value":"a"}]}', ""),
        ("py_repr", b"'a\\nb'", "a\nb"),
        ("py_repr", b"{'agent': {'messages': [AIMessage(content='x')]}}", ""),
        ("agent_lines", b"data: 'answer'", "answer"),
        ("agent_lines", b"--- CALL tools ---", ""),
        ("ndjson", b'{"message":{"role":"assistant","content":"a"},"done":false}', "a"),
        ("ndjson", b'{"response":"a","done":false}', "a"),
        ("tgi", b'{"token":{"text":"a","special":false},"generated_text":null}', "a"),
    ],
)
def test_text_is_what_the_event_adds(dialect, data, text):
    """Content is read where the dialect puts it, and nowhere else."""
    delta = decode(dialect, data)

    assert (delta.text, delta.malformed, delta.error, delta.is_end) == (text, None, None, False)


@pytest.mark.parametrize("dialect", ["openai", "py_bytes", "raw_delta", "json_ops", "py_repr"])
def test_done_is_the_end_mark(dialect):
    """`[DONE]` ends these dialects."""
    assert decode(dialect, b"[DONE]").is_end


@pytest.mark.parametrize(
    ("delta", "note"),
    [
        ('{"content":"a","reasoning_content":"b"}', "b"),
        ('{"content":"a","reasoning":"b"}', "b"),
        ('{"content":"a","reasoning":null}', ""),
        ('{"content":"a","reasoning":7}', ""),
    ],
)
def test_what_a_model_thinks_is_a_note_and_no_text(delta, note):
    """By either of the two names that servers give it."""
    found = decode("openai", f'{{"choices":[{{"index":0,"delta":{delta}}}]}}'.encode())

    assert (found.text, found.note) == ("a", note)


def test_agent_lines_end_with_done_on_a_data_line():
    """Of an agent's lines only `data: [DONE]` is the end."""
    assert decode("agent_lines", b"data: [DONE]").is_end
    assert not decode("agent_lines", b"[DONE]").is_end


def test_ollama_ends_with_done_and_its_reason():
    """The last line tells the reason and the counts."""
    delta = decode(
        "ndjson", b'{"response":"","done":true,"done_reason":"length","prompt_eval_count":3,"eval_count":2}'
    )

    assert (delta.is_end, delta.finish_reason) == (True, "length")
    assert delta.usage == {"prompt_tokens": 3, "completion_tokens": 2}


@pytest.mark.parametrize(
    ("details", "reason", "usage"),
    [
        ('"details":{"finish_reason":"eos_token"}', "stop", None),
        (
            '"details":{"finish_reason":"length","generated_tokens":3}',
            "length",
            {"completion_tokens": 3},
        ),
        ('"details":null', "stop", None),
    ],
)
def test_tgi_ends_with_the_token_that_carries_the_whole_text(details, reason, usage):
    """A special token adds no text; eos_token is what others call stop."""
    data = f'{{"token":{{"text":"</s>","special":true}},"generated_text":"a",{details}}}'
    delta = decode("tgi", data.encode())

    assert (delta.text, delta.is_end, delta.finish_reason, delta.usage) == ("", True, reason, usage)


@pytest.mark.parametrize(
    ("dialect", "data", "why"),
    [
        (
            "openai",
            b'{"choices":[',
            "the data is no JSON",
        ),
        ("openai", b"[1]", "the data is no JSON object"),
        ("openai", b'{"id":"x"}', "the chunk has no choices"),
        ("openai", b'{"choices":[1]}', "the choice is no JSON object"),
        ("openai", b'{"choices":[{"index":0}]}', "the choice has neither delta nor text"),
        ("openai", b'{"choices":[{"delta":{"content":5}}]}', "the content is no string"),
        ("py_bytes", b"hello", "the data is no Python bytes literal"),
        ("py_bytes", b"b'half", "the data is no Python bytes literal"),
        ("py_bytes", b"b'a'b'", "the data is no Python bytes literal"),
        ("py_bytes", b"b'ab'c", "the data is no Python bytes literal"),
        ("py_bytes", b"b'a\nb'", "the data is no Python bytes literal"),
        ("py_bytes", b"b'", "the data is no Python bytes literal"),
        ("py_bytes", "b'é'".encode(), "the literal holds no ascii (ordinal not in range(128))"),
        ("py_bytes", rb"b'\xff'", "the literal holds no utf-8 (invalid start byte)"),
        ("raw_delta", b"\xff", "the data is no UTF-8 (invalid start byte)"),
        ("raw_text", b"\xff", "the chunk is no UTF-8 (invalid start byte)"),
        ("json_ops", b'"x"', "the data is no list of JSON patch operations under ops"),
        ("json_ops", b'{"choices":[]}', "the data is no list of JSON patch operations under ops"),
        ("py_repr", b"'half", "the data is no Python string literal"),
        ("py_repr", b"\xff", "the data is no UTF-8 (invalid start byte)"),
        ("ndjson", b"<html>", "the line is no JSON"),
        ("ndjson", b"[]", "the line is no JSON object"),
        ("ndjson", b'{"response":"a"}', "the line lacks its text or done"),
        ("tgi", b"{", "the data is no JSON"),
        ("tgi", b'{"choices":[]}', "the chunk has no token with a text"),
    ],
)
def test_what_is_not_the_dialect_is_malformed(dialect, data, why):
    """A wrong event says why, which event it is, at which byte, and shows it."""
    delta = decode(dialect, data)

    assert delta.text == ""
    assert delta.malformed.why.startswith(why)
    assert (delta.malformed.index, delta.malformed.offset) == (3, 40)
    assert delta.malformed.sample == data


@pytest.mark.parametrize(
    ("dialect", "data", "error"),
    [
        ("openai", b'{"error":{"message":"too long","code":400}}', "too long"),
        ("ndjson", b'{"error":"model not found"}', "model not found"),
        ("tgi", b'{"error":"Input validation error","error_type":"validation"}', "Input validation error"),
    ],
)
def test_an_error_in_the_stream_is_an_error(dialect, data, error):
    """Servers that fail late say so in the stream."""
    assert decode(dialect, data).error == error


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b'{"detail":"node llm"}', "node llm"),
        (b'{"error":{"message":"m"}}', "m"),
        (b"plain", "plain"),
        (b"[1]", "[1]"),
    ],
)
def test_the_words_of_an_error_event_are_found(data, error):
    """Problem details, OpenAI's errors and plain words are all read."""
    assert error_of(data) == error


def test_a_character_may_be_spread_over_two_literals():
    """Tokens that cut a character are put together again."""
    decoder = PyBytes()
    texts = [decoder.decode(Event(0, 0, 0, 0, data)).text for data in (rb"b'\xc3'", rb"b'\xa9!'")]

    assert texts == ["", "é!"]
    assert decoder.finish() is None


def test_half_a_character_at_the_end_is_reported():
    """A stream that ends inside a character is not whole."""
    decoder = PyBytes()
    decoder.decode(Event(0, 0, 0, 0, rb"b'\xc3'"))

    assert decoder.finish() == "the stream ended inside a character, after the bytes b'\\xc3'"


def test_a_lone_surrogate_is_malformed():
    """Half a surrogate pair is no text."""
    assert decode("openai", rb'{"choices":[{"delta":{"content":"\ud83d"}}]}').malformed is not None


def test_ollama_may_leave_its_counts_and_its_reason_out():
    """A model that was only loaded has none."""
    delta = decode("ndjson", b'{"response":"","done":true}')

    assert delta.finish_reason == "stop"
    assert delta.usage == {"prompt_tokens": 0, "completion_tokens": 0}
