"""Each expectation is met by what it asks for and by nothing near it."""

from harness.defects.expectations import PENDING, gauge_falls_back, gives, names, tells
from harness.defects.witness import Answer, Call, Witness

STREAM = "text/event-stream"
DONE = b"data: b'Hi'\n\ndata: [DONE]\n\n"


def problem(status=502, node="llm", kind="refused"):
    body = b'{"node": "%s", "kind": "%s"}' % (node.encode(), kind.encode())
    return Answer(status, "application/problem+json", body)


def test_an_error_has_to_name_node_and_kind():
    """And nobody may be called after it."""
    wanted = names("llm", "refused", "reset", uncalled="tts")
    called = Witness([problem()], [Call("tts", {}, None)])

    assert wanted.should == "502, an error of node llm (refused or reset)"
    assert wanted.met(Witness([problem()]))
    for wrong in (
        problem(500),
        problem(node="a"),
        problem(kind="dns"),
        Answer(500, "text/plain", b"Internal Server Error"),
    ):
        assert not wanted.met(Witness([wrong]))
    assert not wanted.met(called)
    assert wanted.saw(called) == "502, an error of node llm (refused), and tts was called after it"


def test_a_stream_has_to_be_whole_and_right():
    """Neither another text nor one without its end will do, nor an error's status."""
    wanted = tells("Hi")

    assert wanted.met(Witness([Answer(200, STREAM, DONE)]))
    for wrong in (
        Answer(200, STREAM, DONE[:13]),
        Answer(200, STREAM, DONE.replace(b"Hi", b"Ho")),
        Answer(200, STREAM, DONE, "truncated"),
        Answer(500, STREAM, DONE),
    ):
        assert not wanted.met(Witness([wrong]))


def test_json_has_to_be_right():
    """With status 200."""
    wanted = gives("1", lambda told: told == 1)

    assert wanted.met(Witness([Answer(200, body=b"1")]))
    assert not wanted.met(Witness([Answer(200, body=b"2")]))
    assert not wanted.met(Witness([Answer(500, body=b"1")]))


def test_the_gauge_has_to_fall_back():
    """What it rose by is told."""
    leaked = Witness([Answer(500, "text/plain", b"no")], before={PENDING: 1.0}, after={PENDING: 2.0})

    assert gauge_falls_back().met(Witness(before={PENDING: 1.0}, after={PENDING: 1.0}))
    assert not gauge_falls_back().met(leaked)
    assert gauge_falls_back().saw(leaked) == "500, no; the pending gauge rose by 1"
