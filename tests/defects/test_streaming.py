"""Cases of answers that stream."""

from harness.defects.behaviour import events, paired
from harness.defects.streaming import BLOCKING, DOWNSTREAM, TEXT, WORDS, chat_generator, shouting
from harness.defects.witness import Answer, Witness


def spoken(pieces):
    return "".join(chat_generator(pieces))


def test_the_generator_reads_events_and_loses_chunks():
    """What it is given one by one it passes on; of two at once it reads none."""
    stream = events(*WORDS)

    assert Answer(200, "text/event-stream", spoken(stream.pieces).encode()).stream.text == TEXT
    assert spoken(paired(stream).pieces) == "data: [DONE]\n\n"


def test_waiting_is_judged_by_the_slowest_and_by_health():
    """Streams one after the other are as wrong as a health check that waits."""
    (case,) = BLOCKING.cases
    quick = [Answer(200, took_s=1.1)] * 4

    assert case.expects.met(Witness([*quick, Answer(200, took_s=0.01)]))
    assert not case.expects.met(Witness([*quick, Answer(200, took_s=0.9)]))
    assert not case.expects.met(Witness([*quick[:3], Answer(200, took_s=4.2), Answer(200, took_s=0.01)]))
    assert not case.expects.met(Witness([*quick, Answer(0, error="total_timeout")]))


def test_a_loss_is_to_be_told_with_the_node():
    """A tail that is gone without a word, and an error of somebody else, are wrong."""
    expects = {case.slug: case.expects for case in DOWNSTREAM.cases}
    said = b"data: b'Hello.!'\n\n"

    def error(node, kind):
        return b'event: error\ndata: {"node": "%s", "kind": "%s"}\n\n' % (node, kind)

    def seen(body):
        return Witness([Answer(200, "text/event-stream", body)])

    assert expects["tail"].met(seen(said + error(b"llm", b"incomplete")))
    assert not expects["tail"].met(seen(said))
    assert not expects["tail"].met(seen(error(b"llm", b"incomplete")))
    assert expects["downstream-status"].met(seen(error(b"tts", b"upstream_5xx")))
    assert not expects["downstream-status"].met(seen(error(b"llm", b"upstream_5xx")))


def test_the_hook_of_the_node_behind_speaks_up():
    """And leaves the model's request as it is."""
    inputs = {"text": "Hello."}

    assert shouting(inputs, "tts/MicroService") == {"text": "HELLO."}
    assert shouting(inputs, "llm/MicroService") is inputs
