"""The reference gateway over real sockets."""

import orjson
import pytest

from harness.gateway.reference import orchestrator_of, read_request
from harness.megaservice import Megaservice, Node
from harness.sse import TextStream

QUESTION = "When does the first tram leave?"


def post(standing, document, content_type="application/json"):
    body = document if isinstance(document, bytes) else orjson.dumps(document)
    stack = standing.stack
    return standing.run(
        stack.client.request("POST", stack.endpoint, headers=(("content-type", content_type),), body=body)
    )


def test_a_question_goes_through_the_whole_chain(standing):
    """The answer is a chat completion whose text comes from the documents."""
    reply = post(standing, {"messages": QUESTION, "stream": False})

    assert reply.status == 200
    assert "twelve minutes to five" in orjson.loads(reply.body)["choices"][0]["message"]["content"]


def test_a_stream_holds_the_same_text_and_its_end(standing):
    """Token by token, closed by the end mark."""
    plain = orjson.loads(post(standing, {"messages": QUESTION, "stream": False}).body)
    stream = TextStream("openai")
    stream.feed(0, post(standing, {"messages": QUESTION, "stream": True}).body)
    stream.finish(0)

    assert (stream.text, stream.outcome) == (plain["choices"][0]["message"]["content"], "whole")


def test_a_chat_as_a_list_is_read_as_its_last_question(standing):
    """What the user said last is what is asked."""
    messages = [
        {"role": "user", "content": "Hello"},
        {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
    ]

    reply = post(standing, {"messages": messages, "stream": False})

    assert "twelve minutes to five" in orjson.loads(reply.body)["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"{", "the body is no JSON"),
        (b"[]", "the body is a list; it is an object with `messages`"),
        (b"{}", "messages: holds no question"),
        (b'{"messages": []}', "messages: holds no question"),
        (b'{"messages": "x", "stream": "yes"}', "stream: is 'yes'; it is true or false"),
    ],
)
def test_a_request_that_is_no_question_is_refused_with_its_reason(standing, body, detail):
    """422 and problem+json; no node is asked."""
    reply = post(standing, body)

    assert (reply.status, reply.headers.get("content-type")) == (422, "application/problem+json")
    assert detail in orjson.loads(reply.body)["detail"]


def test_a_failing_node_is_named(standing):
    """problem+json says which node, what kind, and what came."""
    standing.run(standing.stack.set_fault("retriever", "status-500"))
    try:
        reply = post(standing, {"messages": QUESTION, "stream": True})
    finally:
        standing.run(standing.stack.lift("retriever"))
    problem = orjson.loads(reply.body)

    assert reply.status == 502
    assert (problem["node"], problem["kind"], problem["upstream_status"]) == (
        "retriever",
        "upstream_5xx",
        500,
    )


def test_a_stream_is_asked_for_unless_the_caller_says_otherwise():
    """As OPEA's ChatQnA has it."""
    assert read_request(b'{"messages": "x"}').stream
    assert not read_request(b'{"messages": "x", "stream": false}').stream


def test_nodes_and_edges_of_the_data_are_those_of_the_orchestrator():
    """A diamond is a diamond."""
    graph = Megaservice(
        "demo",
        "/",
        (
            Node("a", "c", "/a"),
            Node("b", "c", "/b", ("a",)),
            Node("c", "c", "/c", ("a",)),
            Node("d", "c", "/d", ("b", "c")),
        ),
    )
    orchestrator = orchestrator_of(graph, dict.fromkeys("abcd", "http://127.0.0.1:1/prefix"))

    assert set(orchestrator.predecessors("d/MicroService")) == {"b/MicroService", "c/MicroService"}
    assert orchestrator.services["d/MicroService"].endpoint_path() == "http://127.0.0.1:1/prefix/d"
