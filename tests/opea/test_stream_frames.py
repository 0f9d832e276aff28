"""What an answer's stream is made of: events as they are, told anew, said by nodes behind, or by a hook."""

import ast
import asyncio
import json

import pytest
from fastapi import HTTPException

from harness.opea import Policy, ServiceOrchestrator
from harness.opea.metrics import metrics
from harness.sse import DIALECTS, TextStream
from tests.opea.asking import asked, chain, problem_of
from tests.opea.lab import OPENAI_END, Lab, Raw, Silence, Stream, openai


def said(items):
    """The words of OPEA's chunks, and whether the end mark is there."""
    texts = [ast.literal_eval(item.decode()[6:].strip()).decode() for item in items if b"[DONE]" not in item]
    return texts, items[-1] == b"data: [DONE]\n\n"


def shout(body):
    return {"text": body["text"].upper() + " ~~~"}


@pytest.mark.parametrize("dialect", ["ndjson", "py_bytes", "tgi", "raw_text", "raw_delta"])
def test_a_stream_is_told_in_the_dialect_that_was_declared(dialect):
    """Whatever the node speaks, the caller gets one dialect, whole."""
    pieces = [piece for piece in DIALECTS[dialect].encode(["Deep", " learning"]) if piece]

    async def build(lab):
        node = await lab.llm("llm", Stream(pieces, DIALECTS[dialect].content_type, every_s=0.01))
        return ServiceOrchestrator(dialect="openai").add(node)

    _, results, _ = asked(build, {"messages": "q"})
    stream = TextStream("openai")
    for item in results["llm/MicroService"]:
        stream.feed(0, item)

    assert (stream.text, stream.outcome) == ("Deep learning", "whole")


def test_sentences_go_through_the_node_behind():
    """Each once, whole, and its words come as chunks; the tail without a mark too."""
    stream = Stream(openai(" OPEA", " is", " great.", " I", " think ", " so"))
    lab, results, runtime = asked(chain(("llm", stream, "llm"), ("tts", shout)), {"messages": "q"})
    texts, is_ended = said(results["tts/MicroService"])

    assert lab.bodies("tts") == [{"text": " OPEA is great."}, {"text": " I think  so"}]
    assert [text.strip() for text in texts] == ["OPEA", "IS", "GREAT.", "~~~", "I", "THINK", "SO", "~~~"]
    assert is_ended
    assert list(results) == ["tts/MicroService"]
    assert runtime.all_leaves() == ["tts/MicroService"]


@pytest.mark.parametrize("dialect", list(DIALECTS))
def test_sentences_are_found_in_every_dialect(dialect):
    """Multi-byte characters that fall between two chunks are whole."""
    data = b"".join(DIALECTS[dialect].encode(["Grün", "e Öl", "ung. ", "Ça va?"]))
    pieces = [data[place : place + 7] for place in range(0, len(data), 7)]
    nodes = chain(
        ("llm", Stream(pieces, DIALECTS[dialect].content_type), Policy(dialect=dialect)), ("tts", lambda b: b)
    )
    lab, _, _ = asked(nodes, {"messages": "q"})

    assert lab.bodies("tts") == [{"text": "Grüne Ölung."}, {"text": " Ça va?"}]


def test_more_than_one_node_may_come_behind_a_stream():
    """A chain behind it is run for each sentence, with its hooks."""

    async def build(lab):
        nodes = ("llm", Stream(openai("One. ", "Two")), "llm"), ("guard", lambda b: b), ("tts", shout)
        orchestrator = await chain(*nodes)(lab)
        orchestrator.align_inputs = lambda inputs, cur, *_, **__: (
            {**inputs, "voice": "x"} if cur[0] == "t" else inputs
        )
        return orchestrator

    lab, results, _ = asked(build, {"messages": "q"})

    assert lab.bodies("tts") == [{"text": "One.", "voice": "x"}, {"text": " Two", "voice": "x"}]
    assert said(results["tts/MicroService"]) == (["ONE. ", "~~~", " TWO ", "~~~"], True)


def test_speech_behind_a_stream_is_one_event_a_sentence():
    """A reply without a text is handed on as it is."""
    build = chain(("llm", Stream(openai("One. Two")), "llm"), ("tts", {"tts_result": "UklGRg=="}))
    _, results, _ = asked(build, {"messages": "q"})

    assert results["tts/MicroService"] == [b'data: {"tts_result":"UklGRg=="}\n\n'] * 2 + [b"data: [DONE]\n\n"]


def test_a_veto_behind_a_stream_leaves_what_the_vetoing_node_said():
    """A guardrail's own words take the sentence's place."""

    def guard(body):
        if "bad" in body["text"]:
            return {"text": "[removed]", "downstream_black_list": [".*"]}
        return body

    build = chain(
        ("llm", Stream(openai("Good. ", "Very bad. ", "Fine.")), "llm"), ("guard", guard), ("tts", shout)
    )
    _, results, _ = asked(build, {"messages": "q"})

    assert [text.strip() for text in said(results["tts/MicroService"])[0]] == [
        *("GOOD.", "~~~"),
        "[removed]",
        *("FINE.", "~~~"),
    ]


def test_the_vetoing_nodes_words_stand_also_where_another_went_on():
    """Of two branches behind a stream one vetoes their join: what the other said is not the sentence."""

    async def build(lab):
        orchestrator = ServiceOrchestrator()
        nodes = {"llm": await lab.llm("llm", Stream(openai("One.")))}
        says = {"part": {"text": "x"}, "note": {"note": 1}, "end": {"text": "end"}}
        says["guard"] = {"text": "[removed]", "downstream_black_list": ["end"]}
        nodes |= {name: await lab.node(name, said) for name, said in says.items()}
        for node in nodes.values():
            orchestrator.add(node)
        for pair in (("llm", "part"), ("part", "note"), ("part", "guard"), ("note", "end"), ("guard", "end")):
            orchestrator.flow_to(*(nodes[name] for name in pair))
        return orchestrator

    lab, results, _ = asked(build, {"messages": "q"})

    assert said(results["end/MicroService"]) == (["[removed]"], True)
    assert lab.bodies("end") == []


def test_speech_as_bytes_is_handed_on_as_opea_writes_it_in_json():
    """A TTS answers with a WAV; an event holds it as `Base64ByteStrDoc` does."""
    build = chain(("llm", Stream(openai("One. Two")), "llm"), ("tts", Raw(b"RIFF\xff", 200, "audio/wav")))
    _, results, _ = asked(build, {"messages": "q"})

    assert results["tts/MicroService"] == [b'data: {"byte_str":"UklGRv8="}\n\n'] * 2 + [b"data: [DONE]\n\n"]


def test_nodes_behind_a_stream_that_say_nothing_are_told():
    """An end mark alone is no answer."""
    failure, _ = problem_of(
        chain(("llm", Stream(openai("One. Two")), "llm"), ("tts", {"text": ""})), {"messages": "q"}
    )

    assert (failure.node, failure.kind) == ("llm", "incomplete")
    assert "made nothing of what it said" in failure.detail


def test_a_generator_that_makes_nothing_of_a_stream_is_told():
    """Never a good status with nothing."""

    async def build(lab):
        orchestrator = await chain(("llm", Stream(openai("a")), "llm"))(lab)
        orchestrator.align_generator = lambda gen, **_: (line for line in gen if b"never" in line)
        return orchestrator

    failure, _ = problem_of(build, {"messages": "q"})

    assert (failure.node, failure.kind) == ("llm", "incomplete")
    assert "ended with nothing in it" in failure.detail


def test_what_raises_in_the_midst_of_a_stream_is_its_last_event():
    """A hook may raise a status of HTTP; it is sent already."""
    asked_for = iter([None, HTTPException(418, "tea")])

    async def build(lab):
        orchestrator = await chain(
            ("llm", Stream(openai("One. ", "Two")), "llm"), ("tts", lambda body: body)
        )(lab)

        def align_outputs(data, *_, **__):
            wrong = next(asked_for)
            if wrong is not None:
                raise wrong
            return data

        orchestrator.align_outputs = align_outputs
        return orchestrator

    _, results, _ = asked(build, {"messages": "q"})
    items = results["tts/MicroService"]

    assert items[0] == b"data: b'One.'\n\n"
    assert items[1].startswith(b"event: error\n")
    assert b"HTTPException: 418: tea" in items[1]
    assert len(items) == 2


def test_a_failure_behind_a_stream_is_told():
    """Before the first word by status, after it by one error event without an end mark."""
    first, _ = problem_of(
        chain(("llm", Stream(openai("One. Two")), "llm"), ("tts", Raw(b"", 500))), {"messages": "q"}
    )
    replies = iter([{"text": "one"}, Raw(b"", 500)])
    _, results, _ = asked(
        chain(("llm", Stream(openai("One. ", "Two")), "llm"), ("tts", lambda _: next(replies))),
        {"messages": "q"},
    )
    items = results["tts/MicroService"]

    assert (first.node, first.kind) == ("tts", "upstream_5xx")
    assert items[0] == b"data: b'one'\n\n"
    assert items[1].startswith(b"event: error\n")
    assert len(items) == 2


@pytest.mark.parametrize(
    ("edges", "words"),
    [
        ({"llm": ["a", "b"], "a": [], "b": []}, "its stream parts into ['a/MicroService', 'b/MicroService']"),
        ({"llm": ["a"], "b": ["a"], "a": []}, "its stream is joined with others at ['a/MicroService']"),
    ],
)
def test_a_stream_has_one_way(edges, words):
    """A graph that parts behind it, or joins it with others, is told and the model is not asked."""

    async def build(lab):
        services = {name: await (lab.llm if name == "llm" else lab.node)(name, {"x": name}) for name in edges}
        orchestrator = ServiceOrchestrator()
        for service in services.values():
            orchestrator.add(service)
        for name, after in edges.items():
            for each in after:
                orchestrator.flow_to(services[name], services[each])
        return orchestrator

    failure, lab = problem_of(build, {"messages": "q"})

    assert (failure.kind, words in failure.detail, lab.bodies("llm")) == ("merge_conflict", True, [])


def parse(self, gen, **kwargs):
    """What OPEA's examples do: each chunk is taken for one event."""
    for line in gen:
        text = line.decode("utf-8")
        begin, end = text.find("{"), text.rfind("}") + 1
        try:
            content = json.loads(text[begin:end])["choices"][0]["delta"].get("content", "")
            if content:
                yield f"data: {(kwargs.get('prefix', '') + content).encode()!r}\n\n"
        except (ValueError, KeyError):
            continue
    yield "data: [DONE]\n\n"


def hooked(stream, *more, **kwargs):
    async def build(lab):
        orchestrator = await chain(("llm", stream, "llm"), *more)(lab)
        orchestrator.align_generator = parse
        return orchestrator

    _, results, _ = asked(build, {"messages": "q"}, **kwargs)
    return next(iter(results.values()))


def test_a_plain_generator_is_given_one_event_at_a_time():
    """Coalesced and split chunks lose no token, and the request's own arguments reach it."""
    data = b"".join(openai("it's", " fine"))
    whole = [b'data: b"it\'s"\n\n'.decode(), "data: b' fine'\n\n", "data: [DONE]\n\n"]

    for size in (1, 50, len(data)):
        pieces = [data[place : place + size] for place in range(0, len(data), size)]
        assert hooked(Stream(pieces)) == whole
    assert hooked(Stream([data]), prefix="> ")[1] == "data: b'>  fine'\n\n"


@pytest.mark.parametrize(
    "pieces",
    [
        [b"data: a\n\n", b"data: [DONE]\n\n"],
        [b'data: {"choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}\n\n', OPENAI_END],
    ],
    ids=["a dialect that it cannot read", "thoughts alone"],
)
def test_a_generator_that_makes_an_end_mark_alone_is_told(pieces):
    """As the examples' do of what they cannot read: never a good status with nothing."""

    async def build(lab):
        orchestrator = await chain(("llm", Stream(pieces), "llm"))(lab)
        orchestrator.align_generator = parse
        return orchestrator

    failure, _ = problem_of(build, {"messages": "q"})

    assert (failure.node, failure.kind) == ("llm", "incomplete")
    assert "ended with nothing in it" in failure.detail


def test_a_generator_may_make_an_end_mark_alone_of_a_tools_call():
    """The model had something to say that is no word."""
    call = b'data: {"choices":[{"index":0,"delta":{"tool_calls":[]},"finish_reason":"tool_calls"}]}\n\n'

    assert hooked(Stream([call, b"data: [DONE]\n\n"])) == ["data: [DONE]\n\n"]


@pytest.mark.parametrize(
    "made", [["", "data: b''\n\n", "data: b'a'\n\n"], ["\n"]], ids=["before a word", "a line break"]
)
def test_what_a_generator_makes_before_the_first_word_is_not_lost(made):
    """It comes with it, in its order; text without a frame is one."""

    async def build(lab):
        orchestrator = await chain(("llm", Stream(openai("a")), "llm"))(lab)
        orchestrator.align_generator = lambda gen, **_: iter(made)
        return orchestrator

    _, results, _ = asked(build, {"messages": "q"})

    assert results["llm/MicroService"] == made


def test_a_generators_own_end_mark_does_not_follow_a_failure():
    """A stream that broke ends in the error event."""
    items = hooked(Stream(openai("a")[:1], then="cut"))

    assert (items[0], items[1][:12], len(items)) == ("data: b'a'\n\n", b"event: error", 2)


def test_a_generator_sees_refusals_and_sentences_as_a_model_would_send_them():
    """What the engine itself writes is in a form that the examples' generators read."""
    guarded = hooked(
        Stream(openai("One. ", "Two")),
        ("guard", lambda b: {"text": b["text"].strip(), "downstream_black_list": ["x"]}),
    )

    async def refusing(lab):
        orchestrator = await chain(
            ("guard", {"text": "no", "downstream_black_list": [".*"]}), ("llm", Silence(), "llm")
        )(lab)
        orchestrator.align_generator = parse
        return orchestrator

    _, refused, _ = asked(refusing, {"messages": "q"})

    assert guarded == ["data: b'One.'\n\n", "data: b'Two'\n\n", "data: [DONE]\n\n"]
    assert refused["guard/MicroService"] == ["data: b'no'\n\n", "data: [DONE]\n\n"]


def test_a_generator_that_raises_is_told_as_the_hook_that_failed():
    """Before the first item by status."""

    async def build(lab):
        orchestrator = await chain(("llm", Stream(openai("a")), "llm"))(lab)

        def broken(self, gen):
            for line in gen:
                yield line["text"]

        orchestrator.align_generator = broken
        return orchestrator

    failure, _ = problem_of(build, {"messages": "q"})

    assert (failure.node, failure.kind) == ("llm", "bad_schema")
    assert "align_generator failed for it: TypeError" in failure.detail


def test_tokens_are_counted_and_not_chunks():
    """Three tokens in one chunk are one first and two further ones."""

    def counts():
        told = metrics()
        times = told.first_token_latency, told.inter_token_latency, told.request_latency
        return [sum(each.counts) for each in times]

    before = counts()
    asked(chain(("llm", Stream([b"".join(openai("a", "b", "c"))]), "llm")), {"messages": "q"})

    assert [after - first for after, first in zip(counts(), before, strict=True)] == [1, 2, 1]


def test_many_hooked_streams_wait_side_by_side():
    """A hundred plain generators waiting for their first token stop nobody."""

    async def one(orchestrator):
        results, _ = await orchestrator.schedule({"messages": "q"})
        return [item async for item in results["llm/MicroService"].body_iterator]

    async def main():
        async with Lab() as lab:
            orchestrator = await chain(("llm", Stream(openai("a"), every_s=0.2), "llm"))(lab)
            orchestrator.align_generator = parse
            began = asyncio.get_running_loop().time()
            told = await asyncio.gather(*(one(orchestrator) for _ in range(100)))
            return told, asyncio.get_running_loop().time() - began

    told, took_s = asyncio.run(main())

    assert told == [["data: b'a'\n\n", "data: [DONE]\n\n"]] * 100
    assert took_s < 10  # One after another they would take 20 s.
