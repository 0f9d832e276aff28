"""Text as the bytes of a stream."""

import json

import orjson
import pytest

from harness.sse import DIALECTS, Reply, error_event

CHAT = Reply(id="chatcmpl-1", model="m", created=1, usage={"prompt_tokens": 1, "completion_tokens": 1})


def chunks(reply, dialect="openai"):
    return DIALECTS[dialect].encode(["a"], "stop", reply)


def recorded(data_dir):
    fixture = json.loads((data_dir / "recorded" / "llm_textgen__chat_stream.json").read_text())
    return [line for _, line in fixture["response"]["body"]["sse_lines"]]


@pytest.fixture
def data_dir(request):
    return request.config.rootpath / "tests" / "data"


def test_a_chat_chunk_has_the_recorded_keys_in_the_recorded_order(data_dir):
    """Head, text and finish are byte for byte what OPEA's text generation sent, but for the values."""
    lines = recorded(data_dir)
    ours = b"".join(chunks(Reply(model="tiny"))).decode().split("\n\n")

    def shape(line):
        return line if line.endswith("[DONE]") else list_keys(json.loads(line[6:]))

    assert [shape(line) for line in ours[:-1]] == [
        shape(line) for line in (lines[0], lines[1], lines[-2], lines[-1])
    ]


def list_keys(value):
    if isinstance(value, dict):
        return [(key, list_keys(inner)) for key, inner in value.items()]
    return [list_keys(inner) for inner in value] if isinstance(value, list) else None


def test_a_text_completion_has_no_role_and_says_text():
    """Text completions begin with text."""
    head, text, _ = chunks(Reply(kind="text"))

    assert head == b""
    assert orjson.loads(text[6:])["choices"] == [
        {"finish_reason": None, "index": 0, "logprobs": None, "text": "a"}
    ]
    assert orjson.loads(text[6:])["object"] == "text_completion"


def test_the_servers_themselves_send_few_fields():
    """Without nulls a chunk is as vLLM writes it."""
    _, text, _ = chunks(Reply(id="x", model="m", nulls=False))

    assert orjson.loads(text[6:]) == {
        "id": "x",
        "choices": [{"index": 0, "delta": {"content": "a"}, "logprobs": None, "finish_reason": None}],
        "created": 0,
        "model": "m",
        "object": "chat.completion.chunk",
    }


def test_usage_comes_in_a_chunk_without_choices():
    """The counts follow the reason to finish, before the end mark."""
    tail = chunks(CHAT)[-1].split(b"\n\n")

    assert orjson.loads(tail[1][6:])["choices"] == []
    assert orjson.loads(tail[1][6:])["usage"] == CHAT.usage
    assert tail[2] == b"data: [DONE]"


def test_python_bytes_are_written_as_python_does():
    """An apostrophe turns the quotes, other bytes are escaped."""
    encoder = DIALECTS["py_bytes"].encoder(CHAT)

    assert encoder.text("it's é") == b'data: b"it\'s \\xc3\\xa9"\n\n'


def test_a_newline_in_a_raw_delta_is_a_second_data_line():
    """Framing survives newlines; OPEA's own raw deltas break there."""
    assert DIALECTS["raw_delta"].encoder(CHAT).text("a\nb") == b"data: a\ndata: b\n\n"


def test_ollama_chat_and_generate_differ_in_where_the_text_is():
    """Chats carry a message, generations a response."""
    chat, text = (chunks(Reply(kind=kind), "ndjson")[1] for kind in ("chat", "text"))

    assert orjson.loads(chat)["message"] == {"role": "assistant", "content": "a"}
    assert orjson.loads(text)["response"] == "a"
    assert orjson.loads(text)["created_at"] == "1970-01-01T00:00:00.000000Z"


def test_the_last_token_of_tgi_carries_the_whole():
    """generated_text is null but in the last token."""
    _, text, tail = chunks(CHAT, "tgi")

    assert orjson.loads(text[5:])["generated_text"] is None
    assert orjson.loads(tail[5:])["generated_text"] == "a"
    assert orjson.loads(tail[5:])["details"]["finish_reason"] == "eos_token"


def test_an_error_event_is_named_error():
    """A stream that fails says so in one event."""
    assert error_event({"status": 502}) == b'event: error\ndata: {"status":502}\n\n'


def test_a_log_of_patches_is_opened_and_added_to():
    """As LangServe writes it: the empty log with its id, then a patch for each text."""
    head, first, *_ = DIALECTS["json_ops"].encode(["a"], "stop", Reply(id="run-1"))
    opened, added = (json.loads(event.removeprefix(b"data: "))["ops"][0] for event in (head, first))

    assert head.endswith(b"}\n\n")
    assert opened == {
        "op": "replace",
        "path": "",
        "value": {"id": "run-1", "streamed_output": [], "logs": {}},
    }
    assert added == {"op": "add", "path": "/logs/OpenAI/streamed_output/-", "value": "a"}


COUNTED = Reply(id="i", model="m", created=86400, usage={"prompt_tokens": 3, "completion_tokens": 2})
AT = '"model":"m","created_at":"1970-01-02T00:00:00.000000Z"'
LOADED = '"total_duration":0,"load_duration":0'


@pytest.mark.parametrize(
    ("dialect", "reply", "events"),
    [
        ("py_bytes", COUNTED, ["", "data: b'Hi'\n\n", "data: [DONE]\n\n"]),
        ("raw_delta", COUNTED, ["", "data: Hi\n\n", "data: [DONE]\n\n"]),
        ("py_repr", COUNTED, ["", "data: 'Hi'\n\n", "data: [DONE]\n\n"]),
        ("raw_text", COUNTED, ["", "Hi", ""]),
        ("agent_lines", COUNTED, ["--- CALL agent ---\n", "data: 'Hi'\n\n", "data: [DONE]\n\n"]),
        (
            "ndjson",
            COUNTED,
            [
                "",
                f'{{{AT},"message":{{"role":"assistant","content":"Hi"}},"done":false}}\n',
                (
                    f'{{{AT},"message":{{"role":"assistant","content":""}},"done_reason":"length","done":true,'
                    f'{LOADED},"prompt_eval_count":3,"prompt_eval_duration":0,"eval_count":2,"eval_duration":0}}\n'
                ),
            ],
        ),
        (
            "ndjson",
            Reply(model="m", created=86400, kind="text"),
            [
                "",
                f'{{{AT},"response":"Hi","done":false}}\n',
                (
                    f'{{{AT},"response":"","done":true,"done_reason":"length","context":[],{LOADED},'
                    '"prompt_eval_count":0,"prompt_eval_duration":0,"eval_count":0,"eval_duration":0}\n'
                ),
            ],
        ),
        (
            "tgi",
            COUNTED,
            [
                "",
                (
                    'data:{"index":1,"token":{"id":1,"text":"Hi","logprob":0.0,"special":false},'
                    '"generated_text":null,"details":null}\n\n'
                ),
                (
                    'data:{"index":2,"token":{"id":2,"text":"</s>","logprob":0.0,"special":true},"generated_text":"Hi",'
                    '"details":{"finish_reason":"length","generated_tokens":1,"seed":null}}\n\n'
                ),
            ],
        ),
    ],
    ids=["py_bytes", "raw_delta", "py_repr", "raw_text", "agent_lines", "ndjson-chat", "ndjson-text", "tgi"],
)
def test_each_dialect_is_written_byte_for_byte(dialect, reply, events):
    """Head, one text, tail."""

    assert [event.decode() for event in DIALECTS[dialect].encode(["Hi"], "length", reply)] == events


def frame(kind="chat", **more):
    """What every chunk of OpenAI's says beside its choices, with or without nulls."""
    named = "chat.completion.chunk" if kind == "chat" else "text_completion"
    return {"id": "i", "created": 86400, "model": "m", "object": named, **more}


def said(reply, *texts):
    """The chunks of OpenAI's dialect, without their choices, and the choices; the end mark is the last."""
    body = b"".join(DIALECTS["openai"].encode(list(texts), "length", reply))
    *events, done, rest = body.split(b"\n\n")
    parsed = [json.loads(event.removeprefix(b"data: ")) for event in events]

    assert (done, rest) == (b"data: [DONE]", b"")
    return [{k: v for k, v in each.items() if k != "choices"} for each in parsed], [
        each["choices"] for each in parsed
    ]


def test_a_chat_is_written_with_all_its_nulls():
    """As the openai client's models dump it, the counts in a chunk of their own."""
    frames, choices = said(COUNTED, "Hi")
    nulls = frame(service_tier=None, system_fingerprint=None, usage=None)
    delta = dict.fromkeys(("content", "function_call", "refusal", "role", "tool_calls"))

    assert frames == [nulls, nulls, nulls, {**nulls, "usage": COUNTED.usage}]
    assert choices == [
        [{"delta": {**delta, "role": "assistant"}, "finish_reason": None, "index": 0, "logprobs": None}],
        [{"delta": {**delta, "content": "Hi"}, "finish_reason": None, "index": 0, "logprobs": None}],
        [{"delta": delta, "finish_reason": "length", "index": 0, "logprobs": None}],
        [],
    ]


def test_a_chat_is_written_with_the_few_fields_of_a_server():
    """And ends with its reason; without counts no chunk tells them."""
    frames, choices = said(Reply(id="i", model="m", created=86400, nulls=False), "Hi")

    assert frames == [frame()] * 3
    assert choices == [
        [
            {
                "delta": {"role": "assistant", "content": ""},
                "finish_reason": None,
                "index": 0,
                "logprobs": None,
            }
        ],
        [{"delta": {"content": "Hi"}, "finish_reason": None, "index": 0, "logprobs": None}],
        [{"delta": {"content": ""}, "finish_reason": "length", "index": 0, "logprobs": None}],
    ]


@pytest.mark.parametrize("nulls", [True, False])
def test_a_text_completion_is_written_without_a_role(nulls):
    """Its last chunk has an empty text and the reason."""
    frames, choices = said(Reply(id="i", model="m", created=86400, kind="text", nulls=nulls), "Hi")
    more = {"system_fingerprint": None, "usage": None} if nulls else {}

    assert frames == [frame("text", **more)] * 2
    assert choices == [
        [{"finish_reason": None, "index": 0, "logprobs": None, "text": "Hi"}],
        [{"finish_reason": "length", "index": 0, "logprobs": None, "text": ""}],
    ]


def test_what_is_not_said_of_a_reply_is_this():
    """A chat of a mock, with nulls and without counts."""

    assert Reply() == Reply("chatcmpl-0", "mock", 0, "chat", True, None)


@pytest.mark.parametrize("newline", ["\n", "\r", "\r\n"])
def test_each_kind_of_newline_is_a_further_data_line(newline):
    """None of them ends the event."""

    assert (
        DIALECTS["raw_delta"].encoder(CHAT).text(f"a{newline}{newline}b") == b"data: a\ndata: \ndata: b\n\n"
    )


def test_the_tokens_of_tgi_are_counted():
    """The last one is one more, and says its reason in TGI's word."""
    events = [json.loads(event[5:]) for event in DIALECTS["tgi"].encode(["a", "b"], "stop")[1:]]

    assert [each["index"] for each in events] == [each["token"]["id"] for each in events] == [1, 2, 3]
    assert events[-1]["generated_text"] == "ab"
    assert events[-1]["details"] == {"finish_reason": "eos_token", "generated_tokens": 2, "seed": None}
