"""A node's stream: the same tokens whatever the chunks, its true end, or its failure."""

import asyncio
import random

import pytest

from harness.flight import Limits
from harness.opea import Policy, Problem, ServiceOrchestrator
from harness.opea.proto.docarray import LLMParams
from harness.sse import DIALECTS, TextStream
from tests.opea.asking import asked, chain, pending, problem_of
from tests.opea.lab import OPENAI_END, Lab, Raw, Silence, Stream, openai

TEXTS = ["Deep", " lear", "ning é", " is 'fun'.", "\n\nYes"]
QUICK = Limits(connect_s=0.3, first_byte_s=0.2, idle_s=0.2, total_s=0.5)


def read(items, dialect="openai"):
    """The text of an answer's items, and whether it is whole."""
    stream = TextStream(dialect)
    for item in items:
        stream.feed(0, item if isinstance(item, bytes) else item.encode())
    stream.finish(1)
    return stream.text, stream.outcome


def answer(stream, **policy):
    """The items of the answer of one streaming node."""
    nodes = [("llm", stream, Policy(**policy))] if policy else [("llm", stream, "llm")]
    _, results, _ = asked(chain(*nodes), {"messages": "q"}, LLMParams(stream=True))
    return results["llm/MicroService"]


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name != "raw_text"])
@pytest.mark.parametrize("is_declared", [True, False], ids=["declared", "found"])
def test_every_dialect_is_read_to_its_own_end(dialect, is_declared):
    """The text is whole, event by event, whether the graph said the dialect or not."""
    pieces = [piece for piece in DIALECTS[dialect].encode(TEXTS) if piece]
    stream = Stream(pieces, DIALECTS[dialect].content_type)

    items = answer(stream, dialect=dialect) if is_declared else answer(stream)

    assert read(items, dialect) == ("".join(TEXTS), "whole")


def test_text_without_frames_is_handed_on_as_it_comes():
    """Its end is the end of the stream."""
    items = answer(Stream([b"Deep", b" learning"], every_s=0.02))

    assert items == [b"Deep", b" learning"]


@pytest.mark.parametrize("seed", range(8))
def test_the_chunks_make_no_difference(seed):
    """Coalesced, split and re-chunked, the same events come out one by one."""
    data = b"".join(openai(*TEXTS))
    rng = random.Random(seed)
    places = sorted(rng.sample(range(1, len(data)), rng.choice([0, 1, 5, 60])))
    pieces = [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]

    assert answer(Stream(pieces)) == answer(Stream(openai(*TEXTS)))


@pytest.mark.parametrize(
    "before", [b"", b"\n", b"\xef\xbb\xbf"], ids=["", "a line break", "a byte order mark"]
)
@pytest.mark.parametrize("content_type", ["text/event-stream", "text/plain"])
@pytest.mark.parametrize("dialect", ["openai", "raw_delta", "agent_lines"])
def test_where_its_beginning_is_cut_does_not_make_it_another_dialect(dialect, content_type, before):
    """As long as it may be one or another, it is waited for more, under either content type."""
    data = b"".join(DIALECTS[dialect].encode(TEXTS))
    at = len(before) + 2

    whole = answer(Stream([before + data], content_type))
    parted = answer(
        Stream([(before + data)[:1], (before + data)[1:at], data[2:]], content_type, every_s=0.01)
    )

    assert parted == whole
    assert read(parted, dialect) == ("".join(TEXTS), "whole")


@pytest.mark.parametrize(
    ("reply", "kind", "status", "words"),
    [
        (Raw(b"oops", 500), "upstream_5xx", 502, "status 500: oops"),
        (Raw(b"", 429), "upstream_4xx", 429, "status 429, without a word"),
        (
            Raw(b'{"text": "x"}'),
            "bad_content_type",
            502,
            "expected a stream (text/event-stream), got application/json",
        ),
        (Raw(b"<html>", 200, "text/html"), "bad_content_type", 502, "got text/html: <html>"),
        (Silence(), "first_byte_timeout", 504, "no whole head"),
        (Stream([], then="hang"), "idle_timeout", 504, "silent for 0.2 s after 0 bytes"),
        (Stream([]), "incomplete", 502, "ended without its end mark"),
        (Stream([], then="cut"), "truncated", 502, "was closed after 0 bytes"),
        (Stream([b"data: nonsense\n\n"]), "bad_event", 502, "the data is no JSON"),
        (
            Stream([b'data: {"error": {"message": "CUDA"}}\n\n']),
            "bad_event",
            502,
            "an error of the node: CUDA",
        ),
        (Stream([b"event: error\ndata: CUDA\n\n"]), "bad_event", 502, "an error of the node: CUDA"),
        (b"", "reset", 502, "before any byte"),
    ],
)
def test_a_failure_before_the_first_text_is_told_by_status(reply, kind, status, words):
    """Never a good status with nothing."""
    build = chain(("llm", reply, Policy(limits=QUICK, dialect="openai")))
    failure, _ = problem_of(build, {"messages": "q"})

    assert (failure.node, failure.kind, failure.status) == ("llm", kind, status)
    assert words in failure.detail


@pytest.mark.parametrize(
    ("pieces", "then", "kind"),
    [
        (openai("a", "b")[:2], "cut", "truncated"),
        (openai("a", "b")[:2], "end", "incomplete"),
        (openai("a", "b")[:2], "hang", "idle_timeout"),
        ([*openai("a", "b")[:2], b"data: [DONE]\n\n"], "end", "incomplete"),
        ([*openai("a", "b")[:2], b"data: {\n\n", OPENAI_END], "end", "bad_event"),
        ([*openai("a", "b")[:2], b'data: {"error": "x"}\n\n'], "end", "bad_event"),
        ([*openai("a", "b")[:2], OPENAI_END.split(b"\n\n")[0]], "end", "bad_event"),
    ],
    ids=["cut", "no mark", "stalled", "no reason", "malformed", "error", "half an event"],
)
def test_a_failure_after_the_first_text_is_one_error_event_and_no_end_mark(pieces, then, kind):
    """What came before it is told, and that it is not whole."""
    items = answer(Stream(pieces, then=then), limits=QUICK, dialect="openai")

    assert items[:2] == openai("a", "b")[:2]
    assert items[-1].startswith(b'event: error\ndata: {"type":"about:blank"')
    assert f'"kind":"{kind}"'.encode() in items[-1]
    assert len(items) == 3
    assert b"[DONE]" not in b"".join(items)


def test_an_error_never_quotes_the_end_mark():
    """A reader that looks for the mark anywhere would take the failure for the end."""
    items = answer(Stream([b"data: a\n\n", b"data: [DONE]"]), dialect="raw_delta")

    assert b"seen b'data: [...]'" in items[-1]
    assert b"[DONE]" not in b"".join(items)


def test_a_request_that_cannot_be_sent_is_the_nodes_problem():
    """As with a key that was read from a file together with its line break."""

    async def build(lab):
        orchestrator = ServiceOrchestrator()
        return orchestrator.add(await lab.llm("llm", Silence(), api_key="key\n"))

    failure, _ = problem_of(build, {"messages": "q", "model": "m"})

    assert (failure.node, failure.kind, failure.status) == ("llm", "protocol", 502)
    assert "a header holds a line break" in failure.detail


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_a_stream_that_ends_rightly_and_says_nothing_is_told_by_status(dialect):
    """An end mark alone, or an empty body where that is the end mark, looks as if all were well."""
    pieces = [piece for piece in DIALECTS[dialect].encode([]) if piece and b"CALL agent" not in piece]
    stream = Stream(pieces, DIALECTS[dialect].content_type)
    failure, _ = problem_of(chain(("llm", stream, Policy(dialect=dialect))), {"messages": "q"})

    assert (failure.kind, failure.status) == ("incomplete", 502)
    assert "without any text" in failure.detail


def test_a_model_that_calls_a_tool_says_something():
    """Its reason to finish is not that it had no more to say."""
    call = b'data: {"choices":[{"index":0,"delta":{"tool_calls":[]},"finish_reason":"tool_calls"}]}\n\n'
    items = answer(Stream([call, b"data: [DONE]\n\n"]))

    assert items == [call, b"data: [DONE]\n\n"]


@pytest.mark.parametrize(
    ("dialect", "step"),
    [
        ("openai", b'data: {"choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}\n\n'),
        ("agent_lines", b"--- CALL agent ---\n"),
        ("openai", b'data: {"choices":[{"index":0,"delta":{"content":""}}]}\n\n' * 1500),
    ],
    ids=["a thought", "a step", "64 KiB of nothing"],
)
def test_an_answer_begins_with_the_first_that_is_said(dialect, step):
    """What a model thinks and an agent does is told as it comes, and what is held until then is bounded."""

    async def main():
        async with Lab() as lab:
            stream = Stream([step], DIALECTS[dialect].content_type, then="hang")
            orchestrator = await chain(("llm", stream, Policy(dialect=dialect)))(lab)
            results, _ = await asyncio.wait_for(orchestrator.schedule({"messages": "q"}), 5)
            answered = results["llm/MicroService"]
            first = await anext(answered.body_iterator)
            await answered.close()
            return first

    assert step.startswith(asyncio.run(main()))


def test_an_events_name_and_id_stay_its_own():
    """A reader that comes back says where it was by them."""
    first, *rest = openai("a")
    items = answer(Stream([b"id: 7\nevent: chat\n" + first, *rest]))

    assert items[0] == b"event: chat\nid: 7\n" + first


def test_what_follows_the_end_mark_is_not_told():
    """The dialect's own end is the end."""
    items = answer(Stream([*openai("a"), b'data: {"choices":[{"delta":{"content":"late"}}]}\n\n']))

    assert read(items) == ("a", "whole")
    assert b"late" not in b"".join(items)


def test_a_json_reply_to_who_wanted_no_stream_is_handed_on_whole():
    """A megaservice may ask its node for a whole reply while its own answer streams."""

    async def build(lab):
        orchestrator = await chain(("llm", Raw(b'{"text": "x"}'), "llm"))(lab)
        orchestrator.align_inputs = lambda inputs, *_, **__: {**inputs, "stream": False}
        return orchestrator

    _, results, _ = asked(build, {"messages": "q"})

    assert results["llm/MicroService"] == [b'{"text": "x"}']


def test_a_model_that_a_hook_told_not_to_stream_has_no_nodes_behind_its_stream():
    """What it answers whole is no stream for them."""

    async def build(lab):
        orchestrator = await chain(("llm", {"text": "a."}, "llm"), ("tts", {"text": "b"}))(lab)
        orchestrator.align_inputs = lambda inputs, *_, **__: {**inputs, "stream": False}
        return orchestrator

    failure, lab = problem_of(build, {"messages": "q"})

    assert (failure.node, failure.kind, lab.bodies("tts")) == ("llm", "bad_content_type", [])
    assert "answered whole" in failure.detail


@pytest.mark.alone
def test_leaving_an_answer_cuts_the_nodes_stream_within_a_second():
    """The node sees at once that nobody listens."""

    async def main():
        async with Lab() as lab:
            orchestrator = await chain(("llm", Stream(openai(*["x"] * 500), every_s=0.01), "llm"))(lab)
            results, _ = await orchestrator.schedule({"messages": "q"})
            answer = results["llm/MicroService"]
            await anext(answer.body_iterator)
            await answer.close()
            await asyncio.wait_for(lab.left["llm"].wait(), 1)
            return lab.sent["llm"]

    before = pending()

    assert asyncio.run(main()) < 100
    assert pending() == before


def test_the_connection_serves_again_after_a_stream():
    """A whole stream is read to the end of its reply."""

    async def main():
        async with Lab() as lab:
            orchestrator = ServiceOrchestrator().add(await lab.llm("llm", _two_in_a_row()))
            for _ in range(2):
                results, _ = await orchestrator.schedule({"messages": "q"})
                assert [item async for item in results["llm/MicroService"].body_iterator]
            client = next(iter(orchestrator._settings.reach._clients.values()))
            return len(client._open), client._flying

    assert asyncio.run(main()) == (1, 0)


def _two_in_a_row():
    """A whole stream on a connection that stays, in one piece."""
    body = b"".join(openai("a"))
    return lambda _: Raw(body, 200, "text/event-stream")


def test_a_stream_may_be_tried_again_before_its_first_byte_only():
    """A busy node is asked again, a stream that broke is not."""
    replies = iter([Raw(b"", 503), Stream(openai("a"))])
    assert read(answer(lambda _: next(replies), attempts=2, dialect="openai")) == ("a", "whole")

    async def main():
        async with Lab() as lab:
            build = chain(("llm", Stream(openai("a")[:1], then="cut"), Policy(attempts=3, dialect="openai")))
            orchestrator = await build(lab)
            results, _ = await orchestrator.schedule({"messages": "q"})
            items = [item async for item in results["llm/MicroService"].body_iterator]
            return len(lab.seen), items[-1]

    count, last = asyncio.run(main())
    assert (count, last.startswith(b"event: error")) == (1, True)


def test_thirty_streams_at_once_do_not_mix():
    """Each caller gets its own tokens."""

    def reply(body):
        return Stream(openai(*[f"{body['messages']} {n}." for n in range(5)]), every_s=0.002)

    async def one(orchestrator, n):
        results, _ = await orchestrator.schedule({"messages": f"nonce{n}"})
        return read([item async for item in results["llm/MicroService"].body_iterator])

    async def main():
        async with Lab() as lab:
            orchestrator = await chain(("llm", reply, "llm"))(lab)
            return await asyncio.gather(*(one(orchestrator, n) for n in range(30)))

    expected = [("".join(f"nonce{n} {k}." for k in range(5)), "whole") for n in range(30)]

    assert asyncio.run(main()) == expected


def test_a_problem_of_the_node_is_a_problem():
    """Its words are those of a node's failure."""
    with pytest.raises(Problem, match="node llm: answered with status 500"):
        asyncio.run(_ask_broken())


async def _ask_broken():
    async with Lab() as lab:
        orchestrator = await chain(("llm", Raw(b"", 500), "llm"))(lab)
        await orchestrator.schedule({"messages": "q"})
