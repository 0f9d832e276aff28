"""Streams, judged on bytes and times that were made up."""

import asyncio
import json
from dataclasses import replace

import pytest

from harness.comp import Deviation, Endpoint, Example, Variant
from harness.contract.check import Broken, Skipped
from harness.contract.streaming import (
    CUTS_MAX,
    any_chunks,
    content_type,
    cuts,
    end_mark,
    first_byte,
    framing,
    is_dialect,
    read,
    streaming,
)
from harness.contract.talk import Answer
from harness.sse import DIALECTS
from tests.contract.says import Says

NAMES = ["openai", "py_bytes", "raw_delta", "json_ops", "py_repr", "ndjson", "tgi"]


def streamed(dialect="openai", texts=("Deep", " learning"), tail=None, *, gap_ns=1000):
    """An answer that streams these texts."""
    *events, last = DIALECTS[dialect].encode(list(texts), "stop")
    events = [*events, last if tail is None else tail]
    pieces = tuple((at * gap_ns, event) for at, event in enumerate(events))
    return Answer(200, DIALECTS[dialect].content_type, b"".join(events), pieces)


@pytest.mark.parametrize("dialect", NAMES)
def test_a_stream_of_each_dialect_passes_every_judge(dialect):
    """Whatever its framing and its end mark."""
    answer = streamed(dialect)

    assert [
        judge(answer, dialect)
        for judge in (content_type, framing, is_dialect, first_byte, end_mark, any_chunks)
    ] == [None] * 6
    assert read(answer, dialect).text == "Deep learning"


def test_a_stream_whose_type_is_another_is_told():
    """A proxy that buffers goes by the type."""
    answer = streamed()

    assert content_type(Answer(200, "application/json", answer.body, answer.pieces), "openai") == Broken(
        "content type: is 'application/json', no text/event-stream", "text/event-stream", "application/json"
    )


def test_an_event_that_cannot_be_read_is_told_with_its_place():
    """By index and byte."""
    found = framing(streamed(tail=b"data: {oops\n\n"), "openai")

    assert found.why.startswith("event 3 at byte ")


def test_another_dialect_is_told_by_its_name():
    """What it is, and what was promised."""

    assert is_dialect(streamed("tgi"), "openai") == Broken(
        "the events are those of tgi, openai was promised", "openai", "tgi"
    )


def test_a_stream_without_text_is_no_stream_of_its_dialect():
    """However well it is framed."""

    assert is_dialect(streamed(texts=()), "openai").why == "no text can be read in the dialect openai"


def test_tokens_that_come_at_once_are_no_streaming():
    """The times tell it, not the events."""

    assert first_byte(streamed(gap_ns=0), "openai").why == (
        "all 2 tokens came at once, so this is no streaming"
    )


def test_one_token_cannot_show_whether_it_streams():
    """That is neither good nor bad."""

    assert isinstance(first_byte(streamed(texts=("one",)), "openai"), Skipped)


@pytest.mark.parametrize(
    ("tail", "why"),
    [
        (b"", "the stream ended without its end mark"),
        (b"data: [DONE]\n\n", "the stream ended"),
        (None, None),
    ],
)
def test_a_stream_without_its_end_is_told(tail, why):
    """No mark, or a mark without its finish_reason."""
    found = end_mark(streamed(tail=tail), "openai")

    assert found is None if why is None else bool(found.why)


def test_what_follows_the_end_mark_is_told():
    """The reader would miss it."""
    whole = streamed()
    more = DIALECTS["openai"].encode(["late"], "stop")[1]
    answer = Answer(200, whole.content_type, whole.body + more, (*whole.pieces, (9_000, more)))

    assert end_mark(answer, "openai").why == "1 events follow the end mark (data: [DONE])"


def test_a_text_that_depends_on_the_cuts_is_told():
    """A server's bytes and their pieces must say the same."""
    answer = streamed()
    torn = Answer(200, answer.content_type, answer.body, answer.pieces[:-2])

    assert any_chunks(torn, "openai").why == "the text differs when the bytes are cut at 0"


def test_a_short_stream_is_cut_everywhere_and_a_long_one_at_many_places():
    """From nothing before the cut to nothing behind it."""

    assert list(cuts(3)) == [0, 1, 2, 3]
    assert list(cuts(CUTS_MAX // 2)) == list(range(CUTS_MAX // 2 + 1))
    assert CUTS_MAX <= len(list(cuts(100_000))) <= CUTS_MAX + 24
    assert list(cuts(100_000))[:1000] == list(range(1000))


def test_a_stream_whose_letters_are_cut_is_the_same_text():
    """Letters of several bytes too."""

    assert any_chunks(streamed(texts=("Grüße ", "深度学习 😀")), "openai") is None


def test_text_without_framing_is_not_judged_by_its_content_type():
    """Upstream sends it under several, and under none."""
    found = content_type(streamed("raw_text", tail=b""), "raw_text")

    assert isinstance(found, Skipped)
    assert found.why.startswith("text without framing has no content type of its own")


WHOLE = Example("whole", {"name": "Ada"})
SPOKEN = Variant(
    "spoken", None, None, (WHOLE,), dialect="openai", streams={"stream": True, "n": 2, "quiet": False}
)
SPEAK = Endpoint("/v1/speak", None, (SPOKEN,), "source-only", "x.py")
NAMES_OF_CHECKS = ("content-type", "framing", "dialect", "first-byte", "end-mark", "same-text", "any-chunks")
LUMP = streamed(gap_ns=0)
PLAIN = Answer(200, "application/json", json.dumps({"text": " Deep learning"}).encode())


def ids(**changes):
    """The last words of the checks of a variant that is changed so."""
    endpoint = replace(SPEAK, variants=(replace(SPOKEN, **changes),))
    return [
        check.id.removeprefix("speakers.v1-speak.stream.spoken.") for check in streaming("speakers", endpoint)
    ]


def found(name, *answers, endpoint=SPEAK):
    """What the check of that name finds, and what was asked for it."""
    (check,) = (each for each in streaming("speakers", endpoint) if each.id.endswith(f".{name}"))
    talk = Says(*answers)
    return asyncio.run(check.find(talk)), talk.asked


def test_a_variant_that_streams_has_seven_checks():
    """One that always streams has no other text to compare; one that never does, or that nothing is known to ask, has none."""

    assert ids() == list(NAMES_OF_CHECKS)
    assert ids(streams={}) == [name for name in NAMES_OF_CHECKS if name != "same-text"]
    assert ids(streams=None) == ids(dialect=None) == ids(examples=()) == []
    assert ids(examples=(replace(WHOLE, status=400), replace(WHOLE, status=100))) == []


@pytest.mark.parametrize(
    ("examples", "asked"),
    [
        ((replace(WHOLE, status=400), replace(WHOLE, stream=True), WHOLE), WHOLE),
        ((replace(WHOLE, status=400), replace(WHOLE, stream=True)), replace(WHOLE, stream=True)),
        ((replace(WHOLE, status=201), replace(WHOLE, status=100), WHOLE), WHOLE),
    ],
)
def test_a_stream_is_asked_for_with_an_example_that_is_answered(examples, asked):
    """One that is answered whole comes first; what asks for a stream is merged into it."""
    endpoint = replace(SPEAK, variants=(replace(SPOKEN, examples=examples),))

    assert found("framing", streamed(), endpoint=endpoint)[1] == [(endpoint, asked, SPOKEN.streams)]


def test_a_refusal_where_a_stream_was_asked_for_is_told():
    """By every check; below 200 as above."""
    refused = Answer(501, "text/plain", b"no streams")

    assert {found(name, refused)[0] for name in NAMES_OF_CHECKS} == {
        Broken("status: is 501, a stream was asked for", actual="501 no streams")
    }
    assert found("framing", replace(refused, status=100))[0].why == "status: is 100, a stream was asked for"


def test_what_is_known_of_a_stream_is_told_as_such():
    """By the whole request, of which an example may say nothing, and where an answer was promised."""
    known = Deviation(
        "no-streams", "streams fail", lambda body: body == {"name": "Ada", **SPOKEN.streams}, 500
    )
    bare = replace(known, applies=lambda body: body == SPOKEN.streams)
    failed = Answer(500, "text/plain", b"oops")
    empty = replace(SPOKEN, examples=(Example("empty"),))

    assert found("framing", failed, endpoint=replace(SPEAK, known=(known,)))[0] == Skipped(
        "known deviation no-streams: streams fail"
    )
    assert isinstance(found("framing", failed, endpoint=replace(SPEAK, known=(bare,)))[0], Broken)
    assert isinstance(
        found("framing", failed, endpoint=replace(SPEAK, variants=(empty,), known=(bare,)))[0], Skipped
    )
    assert isinstance(
        found("framing", failed, endpoint=replace(SPEAK, known=(replace(known, instead_of=404),)))[0], Broken
    )
    assert found("framing", streamed(), endpoint=replace(SPEAK, known=(known,)))[0] is None


def test_a_stream_in_a_lump_is_asked_for_several_times():
    """A busy machine may deliver one so, but not each."""
    late, asked = found("first-byte", *[LUMP] * 11, streamed())
    never, often = found("first-byte", *[LUMP] * 12, streamed())

    assert (late, len(asked)) == (None, 12)
    assert (never.why, len(often)) == ("all 2 tokens came at once, so this is no streaming", 12)
    assert found("first-byte", streamed())[0] is None
    assert len(found("first-byte", streamed())[1]) == 1
    assert len(found("framing", LUMP)[1]) == 1


def test_the_reply_without_streaming_is_asked_for_and_has_the_same_text():
    """What is true is turned off, and nothing else; white space around the text does not count."""
    same, asked = found("same-text", streamed(), PLAIN)

    assert same is None
    assert [extra for *_, extra in asked] == [SPOKEN.streams, {"stream": False}]


@pytest.mark.parametrize(
    ("texts", "plain", "finding"),
    [
        (("Deep",), PLAIN, Broken("the two texts differ", " Deep learning", "Deep")),
        ((), Answer(200, "application/json", b'{"text": ""}'), Broken("the two texts differ")),
        (
            ("a" * 200,),
            Answer(200, "application/json", b'{"text": "' + b"b" * 200 + b'"}'),
            Broken("the two texts differ", "b" * 160, "a" * 160),
        ),
        (
            ("Deep",),
            Answer(200, "text/event-stream", b"data: Deep"),
            Broken("without streaming the content type is 'text/event-stream'", actual="200 data: Deep"),
        ),
    ],
)
def test_another_text_without_streaming_is_told(texts, plain, finding):
    """No text at all is none to compare, and another stream neither."""

    assert found("same-text", streamed(texts=texts), plain)[0] == finding


def test_what_cannot_be_read_is_counted():
    """All of it, beside the first."""
    bad = b"data: {oops\n\n"

    assert framing(streamed(tail=bad + bad), "openai").actual == "2 events cannot be read"


@pytest.mark.parametrize(
    ("sent", "promised"), [("raw_delta", "openai"), ("openai", "raw_delta"), ("py_repr", "json_ops")]
)
def test_dialects_are_told_apart_where_one_can_tell_them(sent, promised):
    """Whichever of them has a shape of its own."""

    assert (
        is_dialect(streamed(sent), promised).why == f"the events are those of {sent}, {promised} was promised"
    )


@pytest.mark.parametrize(
    ("sent", "promised", "finding"),
    [
        ("raw_delta", "raw_text", None),
        ("py_repr", "raw_delta", None),
        ("raw_delta", "py_bytes", "no text can be read in the dialect py_bytes"),
    ],
)
def test_dialects_without_a_shape_are_not_told_apart(sent, promised, finding):
    """What one of them says may look like another of them; text has to be read in it all the same."""
    told = is_dialect(streamed(sent), promised)

    assert (told and told.why) == finding


def test_a_stream_without_text_shows_what_came():
    """For whoever wonders what it was."""
    answer = streamed(texts=())

    assert is_dialect(answer, "openai").actual == answer.shown


def test_two_tokens_can_show_whether_they_stream():
    """One cannot, and says how many there were; three at two times do."""

    assert first_byte(streamed(texts=("one",)), "openai").why == (
        "the stream has 1 tokens; two are needed to see that it streams"
    )
    assert first_byte(streamed(texts=("one", "two", "three")), "openai") is None


def test_a_stream_that_is_cut_off_tells_its_mark_and_its_end():
    """A malformed event is another check's business; an error that the server sends ends the stream too."""
    cut = end_mark(streamed(tail=b""), "openai")
    *events, last = DIALECTS["openai"].encode(["a"], "stop")
    torn = b"".join([*events, b"data: {oops\n\n", last])
    failed = b"".join([*events, b'event: error\ndata: {"detail": "oops"}\n\n'])

    assert (cut.expected, cut.actual) == ("data: [DONE]", "incomplete")
    assert end_mark(Answer(200, "text/event-stream", torn, ((0, torn),)), "openai") is None
    assert end_mark(Answer(200, "text/event-stream", failed, ((0, failed),)), "openai").actual == "error"


def test_a_text_that_depends_on_the_cuts_is_shown_in_both_forms():
    """The beginnings of them."""
    answer = streamed(texts=("a" * 100, "b"))
    torn = any_chunks(replace(answer, pieces=answer.pieces[:2]), "openai")
    less = any_chunks(replace(answer, body=answer.body[:-1] + b"x", pieces=()), "openai")

    assert torn.expected == torn.actual == "a" * 80
    assert (less.expected, less.actual) == ("", "a" * 80)
    assert isinstance(any_chunks(streamed("raw_text"), "raw_text"), Skipped)


def test_what_the_end_of_a_stream_completes_came_with_its_last_piece():
    """A last line needs no newline; without any piece there is no text."""
    line = DIALECTS["ndjson"].encode(["a"])[1]
    answer = Answer(200, "application/x-ndjson", line, ((3, line[:5]), (7, line[5:].rstrip())))

    assert read(answer, "ndjson").content_ns == [7]
    assert read(replace(answer, pieces=()), "ndjson").text == ""
