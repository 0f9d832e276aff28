"""The reference gateway over real sockets."""

import orjson
import pytest

from harness.flight import Limits
from harness.gateway.reference import orchestrator_of
from harness.megaservice import Megaservice, Node, NodeLimits
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


def test_what_no_file_can_say_is_declared_of_each_node():
    """Limits, dialect and comp; the megaservice's budget is the orchestrator's."""
    limits = NodeLimits(connect_s=1.0, first_byte_s=2.0, idle_s=3.0, total_s=4.0)
    node = Node("llm", "llms.x", "/chat", service_type="LLM", streams=True, dialect="tgi", limits=limits)
    settings = orchestrator_of(
        Megaservice("demo", "/", (node,), total_s=9.0), {"llm": "http://127.0.0.1:1"}
    )._settings
    policy = settings.hops["llm/MicroService"].policy

    assert settings.budget_s == 9.0
    assert policy.limits == Limits(connect_s=1.0, first_byte_s=2.0, idle_s=3.0, total_s=4.0)
    assert (policy.dialect, policy.comp) == ("tgi", "llms.x")
