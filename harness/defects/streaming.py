"""Defects of answers that stream: how events are read, what stands behind a model, who waits for whom."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from harness.defects.behaviour import Streams, appends, events, paired, regrouped, says
from harness.defects.defect import JSON, LLM, STREAM, Ask, Case, Defect, Expectation, Node, Setting
from harness.defects.expectations import names, tells
from harness.defects.witness import Answer, Witness

SLOW_S, STREAMS = 1.0, 4
WORDS = ("A tram", " leaves", " at", " noon.")
TEXT = "".join(WORDS)
WHOLE = events("Hello.", " Bye", dialect="py_bytes")
ENDLESS = replace(WHOLE, pieces=WHOLE.pieces[:-1])


def chat_generator(gen: Iterable[bytes], **_: object) -> Iterator[str]:
    """Reads a model's stream in the manner of OPEA's megaservices: whatever it is given is one event."""
    for item in gen:
        line = item.decode()
        begin, end = line.find("{"), line.rfind("}") + 1
        try:
            content = json.loads(line[begin:end])["choices"][0]["delta"].get("content")
        except (ValueError, KeyError, IndexError):
            continue
        if content:
            yield f"data: {content.encode()!r}\n\n"
    yield "data: [DONE]\n\n"


def _read(slug: str, says_: str, stream: Streams) -> Case:
    nodes = (Node("llm", stream, service_type=LLM),)
    return Case(slug, says_, "llm", nodes, (STREAM,), tells(TEXT), Setting(align_generator=chat_generator))


def _spoken(slug: str, says_: str, model: Streams, text: str, behind: tuple[Node, ...] = ()) -> Case:
    """A model before a node that says each sentence louder."""
    nodes = (Node("llm", model, service_type=LLM), Node("tts", appends("!"), ("llm",)), *behind)
    return Case(slug, says_, "llm", nodes, (STREAM,), _says(text))


def shouting(inputs: dict[str, Any], cur_node: str, *_: object, **__: object) -> dict[str, Any]:
    """A hook that has the node behind the model speak up."""
    return {"text": inputs["text"].upper()} if cur_node.startswith("tts") else inputs


def _told_of(answer: Answer, node: str, kind: str) -> bool:
    return (answer.problem.get("node"), answer.problem.get("kind")) == (node, kind)


def _tells_loss(witness: Witness) -> bool:
    (answer,) = witness.answers
    return answer.stream.text.startswith("Hello.!") and _told_of(answer, "llm", "incomplete")


def _names_speaker(witness: Witness) -> bool:
    (answer,) = witness.answers
    return _told_of(answer, "tts", "upstream_5xx")


def _says(text: str) -> Expectation:
    """A whole stream with these words; spaces between sentences are the gateway's."""

    def met(witness: Witness) -> bool:
        (answer,) = witness.answers
        told = answer.stream
        return (answer.status, told.text.split(), told.outcome) == (200, text.split(), "whole")

    return Expectation(f"200, {text!r}", met)


def unblocked(each_s: float) -> Expectation:
    """All callers, and /health as the last, are served at once, though a node takes that many seconds."""

    def met(witness: Witness) -> bool:
        *answers, health = witness.answers
        quick = all(each.status == 200 and each.took_s < 2 * each_s for each in answers)
        return quick and health.status == 200 and health.took_s < each_s / 2

    def saw(witness: Witness) -> str:
        *answers, health = witness.answers
        last_s = max(each.took_s for each in answers)
        return f"the last of {len(answers)} answers after {last_s:.2f} s, /health after {health.took_s:.2f} s"

    return Expectation("all answers, and /health, without waiting for each other", met, saw)


def _is_left(witness: Witness) -> bool:
    (call,) = witness.called("llm")
    return call.is_left


def _how_left(witness: Witness) -> str:
    (call,) = witness.called("llm")
    return f"{'left' if call.is_left else 'kept'} by the gateway, with {call.written} events written"


BLOCKING = Defect(
    3,
    "waiting for a model's first byte stops the whole process",
    (
        Case(
            "blocking",
            f"takes {SLOW_S:g} s to its first byte, for {STREAMS} callers at once",
            "llm",
            (Node("llm", events(*WORDS, after_s=SLOW_S), service_type=LLM),),
            (
                *[Ask(STREAM.body, limit_s=8 * SLOW_S)] * STREAMS,
                Ask(method="GET", path="/health", after_s=SLOW_S / 4),
            ),
            unblocked(SLOW_S),
            at_once=True,
        ),
    ),
)
CHUNKS = Defect(
    4,
    "an HTTP chunk is taken for one event",
    (
        _read("coalesced", "sends two events in one chunk", paired(events(*WORDS))),
        _read("split", "sends each event in several chunks", regrouped(events(*WORDS), (37,))),
    ),
)
DOWNSTREAM = Defect(
    14,
    "a stream through a node behind the model is lost, cut or wrong",
    (
        _spoken("openai", "streams as OpenAI does", events("Hello.", " Bye"), "Hello.! Bye!"),
        _spoken(
            "third-node",
            "streams through two nodes",
            events("Hello.", " Bye", dialect="py_bytes"),
            "Hello.!? Bye!?",
            (Node("end", appends("?"), ("tts",)),),
        ),
        _spoken(
            "utf-8",
            "sends a character in two chunks",
            regrouped(Streams(("data: Grüße.\n\n".encode(), b"data: [DONE]\n\n")), (9,)),
            "Grüße.!",
        ),
        _spoken(
            "coalesced-sentence",
            "sends two sentences in one chunk",
            paired(events("Hello.", " Bye.", dialect="py_bytes")),
            "Hello.! Bye.!",
        ),
        Case(
            "tail",
            "ends without its end mark, in the middle of a sentence",
            "llm",
            (Node("llm", ENDLESS, service_type=LLM), Node("tts", appends("!"), ("llm",))),
            (STREAM,),
            Expectation("'Hello.!' and an error of node llm (incomplete)", _tells_loss),
        ),
        _spoken(
            "lines",
            "streams lines of JSON, as Ollama does",
            replace(events("Hello.", " Bye", dialect="ndjson"), content_type="application/x-ndjson"),
            "Hello.! Bye!",
        ),
        Case(
            "fan-out",
            "streams to two nodes, whose answers cannot be one stream",
            "llm",
            (
                Node("llm", WHOLE, service_type=LLM),
                Node("tts", appends("!"), ("llm",)),
                Node("log", appends("?"), ("llm",)),
            ),
            (STREAM,),
            names("llm", "merge_conflict", statuses=(500,)),
        ),
        Case(
            "downstream-status",
            "answers 500 with JSON, behind a model",
            "tts",
            (
                Node("llm", WHOLE, service_type=LLM),
                Node("tts", says({"text": "cannot"}, status=500), ("llm",)),
            ),
            (STREAM,),
            Expectation("an error of node tts (upstream_5xx)", _names_speaker),
        ),
        Case(
            "downstream-hook",
            "has a hook for its request, behind a model",
            "tts",
            (Node("llm", WHOLE, service_type=LLM), Node("tts", appends("!"), ("llm",))),
            (STREAM,),
            _says("HELLO.! BYE!"),
            Setting(align_inputs=shouting),
        ),
    ),
)
LEAVING = Defect(
    17,
    "a caller that leaves does not stop the model",
    (
        Case(
            "leaving",
            "streams for a caller that leaves",
            "llm",
            (Node("llm", events(*["word "] * 40, every_s=0.05), service_type=LLM),),
            (Ask(STREAM.body, leaves=True),),
            Expectation("the model left within a second", _is_left, _how_left),
        ),
    ),
)
NO_MODEL = Defect(
    29,
    "a node that is no model cannot stream, and its stream is an error without a name",
    (
        Case(
            "agent",
            "streams, though it is no model",
            "agent",
            (Node("agent", events(*WORDS)),),
            (JSON,),
            names("agent", "bad_content_type"),
        ),
    ),
)
REFUSAL = Defect(
    13,
    "a refusal is streamed unescaped",
    (
        Case(
            "refusal",
            "refuses in words with quotes and new lines",
            "guard",
            (
                Node(
                    "guard",
                    says({"text": "It's \"no\".\n\ndata: b'yes'", "downstream_black_list": [".*"]}),
                ),
                Node("llm", events("Yes"), ("guard",), LLM),
            ),
            (STREAM,),
            tells("It's \"no\".\n\ndata: b'yes'"),
        ),
    ),
)
STREAMING = (BLOCKING, CHUNKS, REFUSAL, DOWNSTREAM, LEAVING, NO_MODEL)
