"""Cases of traces."""

import pytest

from harness.defects.tracing import HOOK_S, TRACE_ID, TRACES, slow_generator
from harness.defects.witness import Answer, Call, Witness
from harness.traces.span import Span, SpanEvent

OK = [Answer(200, "application/json", b"{}")]
CASES = {case.slug: case for case in TRACES.cases}
SECOND = 1_000_000_000


def span(name="POST", trace_id="1", service="opea", seconds=1.0, failed=False, events=()):
    return Span(
        trace_id, "2", None, name, "client", 0, int(seconds * SECOND), service, failed=failed, events=events
    )


def first_token(seconds):
    return span(events=(SpanEvent("gen_ai.first_token", int(seconds * SECOND)),))


def kept(count):
    return Answer(200, "application/json", b'{"kept": %d}' % count)


WRONG = {
    "trace": (Witness(OK, [Call("a", {"traceparent": "00-1-2-01"}, {})]), "traceparent at a: 00-1-2-01"),
    "trace-stream": (Witness(OK), "traceparent at llm: none, for it was not called"),
    "trace-detached": (Witness(OK, spans=[span(), span(trace_id="3")]), "2 spans in 2 traces"),
    "trace-nameless": (Witness(OK, spans=[span()]), "spans of service opea"),
    "trace-status": (Witness(OK, spans=[span()]), "spans with an error: 0 of 1"),
    "trace-first-token": (
        Witness(OK, spans=[span("llm_generate_stream_first_token", seconds=HOOK_S)]),
        f"the first token after {HOOK_S} s",
    ),
    "trace-memory": (Witness([kept(1), *OK, kept(61)]), "spans kept in memory: 60 more"),
    "trace-nowhere": (
        Witness([Answer(200, "application/json", b'{"exports": true}')]),
        "exported, to an address that nobody named",
    ),
}
RIGHT = {
    "trace": Witness(OK, [Call("a", {"traceparent": f"00-{TRACE_ID}-2-01"}, {})]),
    "trace-detached": Witness(OK, spans=[span(), span()]),
    "trace-nameless": Witness(OK, spans=[span(service="defects")]),
    "trace-status": Witness(OK, spans=[span(failed=True)]),
    "trace-first-token": Witness(OK, spans=[first_token(HOOK_S / 2)]),
    "trace-memory": Witness([kept(4), *OK, kept(4)]),
    "trace-nowhere": Witness([Answer(200, "application/json", b'{"exports": false}')]),
}


@pytest.mark.parametrize("slug", WRONG)
def test_what_is_wrong_is_seen_and_told(slug):
    """Each case is failed by the defect's own symptom."""
    witness, words = WRONG[slug]

    assert not CASES[slug].expects.met(witness)
    assert CASES[slug].expects.saw(witness) == words


@pytest.mark.parametrize("slug", RIGHT)
def test_what_is_right_is_seen(slug):
    """By what it asks for."""
    assert CASES[slug].expects.met(RIGHT[slug])


@pytest.mark.parametrize("slug", ["trace-detached", "trace-nameless", "trace-status", "trace-first-token"])
def test_no_span_at_all_is_not_right(slug):
    """Nothing was proven then."""
    assert not CASES[slug].expects.met(Witness(OK))


def test_the_hook_passes_on_what_it_is_given():
    """After a while, of the first."""
    assert [*slow_generator([b"a", b"b"])] == ["a", "b"]
