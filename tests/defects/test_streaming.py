"""Cases of answers that stream."""

from harness.defects.behaviour import events, paired
from harness.defects.streaming import BLOCKING, TEXT, WORDS, chat_generator
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
