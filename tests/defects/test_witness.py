"""What was seen, in words."""

from harness.defects.witness import Answer, Call, Witness

STREAM = "text/event-stream; charset=utf-8"
PROBLEM = b'{"node": "llm", "kind": "incomplete"}'


def test_an_answer_is_told_in_a_few_words():
    """Status and text, or what is missing of them."""
    done = b"data: b'Hi'\n\ndata: [DONE]\n\n"

    assert Answer(200, "application/json", b'{"a": 1}').told == '200, {"a": 1}'
    assert Answer(200, STREAM, done).told == "200, 'Hi'"
    assert Answer(200, STREAM, done[:13]).told == "200, 'Hi', no end mark"
    assert Answer(200, STREAM, b"", "truncated").told == "200, nothing in it, then broken off (truncated)"
    assert Answer(500, "text/plain", b"").told == "500, nothing in it"
    assert Answer(0, error="total_timeout", took_s=1.5).told == "no answer within 1.5 s (total_timeout)"


def test_a_problem_is_read_from_a_body_and_from_a_stream():
    """It is the error that is told, with its node."""
    whole = Answer(502, "application/problem+json", PROBLEM)
    streamed = Answer(200, STREAM, b"data: b'Hi'\n\nevent: error\ndata: " + PROBLEM + b"\n\n")

    assert whole.told == "502, an error of node llm (incomplete)"
    assert streamed.told == "200, 'Hi', an error of node llm (incomplete)"
    assert Answer(502, "application/problem+json", b"{").problem == {}


def test_a_witness_knows_its_calls_and_figures():
    """By node, and by how much a metric rose; one that was not there was 0."""
    seen = Witness(
        [Answer(200, "text/plain", b"a"), Answer(500, "text/plain", b"b")],
        [Call("a", {}, 1), Call("b", {}, 2)],
        {"x": 1.0},
        {"x": 3.0, "y": 1.0},
    )

    assert seen.told == "200, a; then 500, b"
    assert [call.body for call in seen.called("b")] == [2]
    assert (seen.gained("x"), seen.gained("y"), seen.gained("z")) == (2.0, 1.0, 0.0)
