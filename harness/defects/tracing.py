"""Defects of traces: what is handed on, what belongs together, what a span tells, and where spans go."""

import time
from collections.abc import Iterable, Iterator

from harness.defects.behaviour import appends, events, says
from harness.defects.defect import JSON, LLM, STREAM, Ask, Case, Defect, Expectation, Node, Setting
from harness.defects.witness import Witness

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TRACED = (("traceparent", f"00-{TRACE_ID}-b7ad6b7169203331-01"),)
FIRST_S, HOOK_S = 0.1, 0.6
FIRST_TOKEN, THEIR_FIRST_TOKEN = "gen_ai.first_token", "llm_generate_stream_first_token"
REQUESTS = 20
SERVICE = "defects"


def slow_generator(gen: Iterable[bytes], **_: object) -> Iterator[str]:
    """A hook that takes its time once it has the first event."""
    for number, item in enumerate(gen):
        if number == 0:
            time.sleep(HOOK_S)
        yield item.decode()


def _handed_on(slug: str, node: Node, ask: Ask) -> Case:
    def sent(witness: Witness) -> str:
        calls = witness.called(node.name)
        return calls[0].headers.get("traceparent", "none") if calls else "none, for it was not called"

    return Case(
        slug,
        "is called for a request that is traced",
        node.name,
        (node,),
        (Ask(ask.body, headers=TRACED),),
        Expectation(
            "the caller's trace handed on",
            lambda witness: TRACE_ID in sent(witness),
            lambda witness: f"traceparent at {node.name}: {sent(witness)}",
        ),
    )


def _traces(witness: Witness) -> int:
    return len({span.trace_id for span in witness.spans})


def _services(witness: Witness) -> str:
    return ", ".join(sorted({span.service for span in witness.spans})) or "none"


def _failed(witness: Witness) -> int:
    return sum(span.failed for span in witness.spans)


def _first_token_s(witness: Witness) -> float | None:
    """When the first token came, as the spans tell: by an event, or by a span of its own."""
    for span in witness.spans:
        for event in span.events:
            if event.name == FIRST_TOKEN:
                return (event.at_ns - span.began_ns) / 1e9
        if span.name == THEIR_FIRST_TOKEN:
            return span.duration_ns / 1e9
    return None


def _is_the_models(witness: Witness) -> bool:
    found_s = _first_token_s(witness)
    return found_s is not None and found_s < HOOK_S


def _when(witness: Witness) -> str:
    found_s = _first_token_s(witness)
    return "no first token in any span" if found_s is None else f"the first token after {found_s:.1f} s"


def _kept(witness: Witness) -> int | None:
    """How many more spans are kept in memory after the requests than before."""
    first, last = witness.answers[0].json, witness.answers[-1].json
    return last["kept"] - first["kept"] if first and last else None


def _told(slug: str, says_: str, node: Node, ask: Ask, expects: Expectation) -> Case:
    """A request whose spans are read."""
    return Case(slug, says_, node.name, (node,), (ask,), expects, traced=True)


TRACES = Defect(
    16,
    "traces end at the gateway, fall apart, blame nobody, and are exported or kept where nobody asked for it",
    (
        _handed_on("trace", Node("a", appends("!")), JSON),
        _handed_on("trace-stream", Node("llm", events("Hi"), service_type=LLM), STREAM),
        _told(
            "trace-detached",
            "streams",
            Node("llm", events("Hi"), service_type=LLM),
            STREAM,
            Expectation(
                "all spans of the request in one trace",
                lambda witness: _traces(witness) == 1,
                lambda witness: f"{len(witness.spans)} spans in {_traces(witness)} traces",
            ),
        ),
        _told(
            "trace-nameless",
            "is called",
            Node("a", appends("!")),
            JSON,
            Expectation(
                f"spans of service {SERVICE}",
                lambda witness: SERVICE in _services(witness),
                lambda witness: f"spans of service {_services(witness)}",
            ),
        ),
        _told(
            "trace-status",
            "answers 500 with JSON",
            Node("a", says({"text": "cannot"}, status=500)),
            JSON,
            Expectation(
                "a span with an error",
                lambda witness: _failed(witness) > 0,
                lambda witness: f"spans with an error: {_failed(witness)} of {len(witness.spans)}",
            ),
        ),
        Case(
            "trace-first-token",
            f"streams at once, to a hook that takes {HOOK_S:g} s",
            "llm",
            (Node("llm", events("Hi", " there", after_s=FIRST_S), service_type=LLM),),
            (STREAM,),
            Expectation("the first token when the model gave it", _is_the_models, _when),
            Setting(align_generator=slow_generator),
            traced=True,
        ),
        Case(
            "trace-memory",
            f"is called for {REQUESTS} requests",
            "a",
            (Node("a", appends("!")),),
            (
                Ask(method="GET", path="/kept"),
                *[JSON] * REQUESTS,
                Ask(method="GET", path="/kept", after_s=0.5),
            ),
            Expectation(
                "no more spans kept in memory than before",
                lambda witness: _kept(witness) == 0,
                lambda witness: f"spans kept in memory: {_kept(witness)} more",
            ),
        ),
        Case(
            "trace-nowhere",
            "is called where TELEMETRY_ENDPOINT is empty",
            "any",
            (),
            (Ask(method="GET", path="/exports", limit_s=30.0),),
            Expectation(
                "nothing exported",
                lambda witness: witness.answers[0].json == {"exports": False},
                lambda witness: (
                    "exported, to an address that nobody named"
                    if witness.answers[0].json == {"exports": True}
                    else f"nothing exported; {witness.told}"
                ),
            ),
        ),
    ),
)
