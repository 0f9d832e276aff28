"""One exchange with the contract in hand."""

import orjson
import pytest

from harness.discovery import COMP, discover
from harness.examine import examine
from harness.history import Exchange
from harness.megaservice import Node

COMPS = discover(COMP)
NODE = Node("embedding", "embeddings", "/v1/embeddings")
GOOD = {
    "object": "list",
    "model": None,
    "data": [{"index": 0, "object": "embedding", "embedding": [0.6, 0.8]}],
    "usage": None,
}


def exchange(request=b'{"input": "hello"}', reply=None, **changes):
    body = orjson.dumps(GOOD) if reply is None else reply
    fields = {"status": 200, "content_type": "application/json", "path": "/v1/embeddings", **changes}
    return Exchange(
        1,
        "embedding",
        "POST",
        request=request.decode(),
        reply=body.decode(),
        request_bytes=fields.pop("request_bytes", len(request)),
        reply_bytes=fields.pop("reply_bytes", len(body)),
        **fields,
    )


def test_an_exchange_that_keeps_the_contract_is_not_wrong():
    """Route, request, status and reply are as promised."""
    assert examine(exchange(), NODE, COMPS).wrong is None


@pytest.mark.parametrize(
    ("changes", "expected", "actual"),
    [
        (
            {"path": "/v1/embeddings/multimodal", "status": 404},
            "POST /v1/embeddings",
            "POST /v1/embeddings/multimodal → 404",
        ),
        ({"request": b'{"text": "hi"}', "status": 422}, "EmbeddingRequest", "request lacks input → 422"),
        ({"request": b"nonsense"}, "EmbeddingRequest", "→ 200"),
        ({"status": 500, "reply": b"Internal Server Error"}, "status 200", "500: Internal Server Error"),
        ({"status": 0, "reply": b"", "error": "reset"}, "status 200", "no reply: reset"),
        ({"reply": b"<html>", "content_type": "text/html"}, "JSON, EmbeddingResponse", "text/html: <html>"),
        ({"reply": b'{"data": 5}'}, "EmbeddingResponse", "reply data: Input should be a valid list"),
    ],
)
def test_what_is_wrong_is_said_with_what_would_be_right(changes, expected, actual):
    """Route before request, request before status, status before reply."""
    wrong = examine(exchange(**changes), NODE, COMPS).wrong

    assert wrong is not None
    assert expected in wrong.expected
    assert actual in wrong.actual


def test_the_graphs_own_rule_is_asked_too():
    """A node may know more than the contract, such as the dimension."""
    strict = Node(
        "embedding",
        "embeddings",
        "/v1/embeddings",
        expects=lambda reply, request: ("bad_dim", "2 numbers, not 768"),
    )

    assert examine(exchange(), strict, COMPS).wrong.actual == "bad_dim: 2 numbers, not 768"


def test_a_body_of_which_only_the_start_was_kept_is_not_judged():
    """What was not kept cannot be wrong."""
    assert examine(exchange(request=b'{"inp', request_bytes=9000), NODE, COMPS).wrong is None
    assert examine(exchange(reply=b'{"obj', reply_bytes=9000), NODE, COMPS).wrong is None


def test_a_stream_that_lacks_its_end_is_wrong():
    """The dialect's own end mark closes it."""
    node = Node("llm", "llms.text_generation", "/v1/chat/completions", dialect="openai")
    chunk = b'data: {"choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]}\n\n'
    ask = b'{"messages": [{"role": "user", "content": "Hi"}], "stream": true}'
    stream = {
        "request": ask,
        "content_type": "text/event-stream; charset=utf-8",
        "path": "/v1/chat/completions",
    }

    assert examine(exchange(reply=chunk + b"data: [DONE]\n\n", **stream), node, COMPS).wrong is None
    assert "without its end mark" in examine(exchange(reply=chunk, **stream), node, COMPS).wrong.actual


def test_a_comp_that_nobody_knows_is_said():
    """The graph names a comp that is not there."""
    wrong = examine(exchange(), Node("embedding", "nope", "/"), COMPS).wrong

    assert wrong.expected == "a comp nope"


def test_the_time_at_the_hop_is_in_milliseconds():
    """From the request's arrival to the reply's last byte."""
    assert examine(exchange(began_ns=1_000_000, ended_ns=4_500_000), NODE, COMPS).took_ms == 3.5


def test_a_request_that_the_scenario_would_not_make_is_wrong():
    """A contract may let it pass; the node's rule then lacks what it needs, which is said and is no error of ours."""
    node = Node("embedding", "embeddings", "/v1/embeddings", expects=lambda reply, request: request["k"])
    found = examine(exchange(), node, discover(COMP))

    assert found.wrong.expected == "a request as the scenario makes it"
    assert found.wrong.actual == "request lacks k → 200"


def test_a_model_of_several_variants_is_named_once():
    """Text generation takes a chat in two dialects."""
    node = Node("llm", "llms.text_generation", "/v1/chat/completions")
    wrong = examine(
        exchange(b'{"detail": "Not Found"}', path="/v1/chat/completions", status=422), node, COMPS
    ).wrong
    names = wrong.expected.split(" or ")

    assert "ChatCompletionRequest" in names
    assert len(names) == len(set(names))
