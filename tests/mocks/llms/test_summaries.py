"""Summaries and questions with answers."""

import pytest

from harness.sse import TextStream
from mocks.llms.summaries import COMPS, LAWS, TEXT, USER
from tests.mocks.contract import ask

DOCSUM, FAQGEN = COMPS
SUMMARY = "Trams run on rails. Rails are steel. A tram needs current from a wire above it."


@pytest.mark.parametrize("comp", COMPS, ids=lambda comp: comp.id)
def test_a_stream_of_patches_says_what_the_document_says(comp):
    """Every token is one patch, and the stream is whole."""
    path = comp.endpoints[0].path
    stream = TextStream("json_ops")
    stream.feed(0, ask(comp, "POST", path, {"messages": TEXT, "stream": True}).content)
    stream.finish(1)

    assert stream.text == ask(comp, "POST", path, {"messages": USER}).json()["text"]
    assert stream.outcome == "whole"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"summary_type": "refine", "max_tokens": 1791}, 200),
        ({"summary_type": "refine", "max_tokens": 1792}, 500),
        ({"summary_type": "truncate", "max_tokens": 3839}, 200),
        ({"summary_type": "truncate", "max_tokens": 3840}, 500),
        ({"summary_type": "map_reduce", "max_tokens": None}, 500),
        ({"summary_type": "stuff", "max_tokens": 4000}, 200),
        ({"summary_type": "refine", "chunk_size": 20, "chunk_overlap": 20}, 200),
        ({"summary_type": "refine", "chunk_size": 20, "chunk_overlap": 21}, 500),
        ({"summary_type": "truncate", "messages": " "}, 500),
        ({"summary_type": "stuff", "messages": " "}, 200),
    ],
)
def test_upstream_fails_where_a_text_cannot_be_cut(change, status):
    """By its own settings; a text that is not cut needs no room."""
    body = {"messages": TEXT, **change}

    assert ask(DOCSUM, "POST", "/v1/docsum", body, like_upstream=True).status_code == status


def test_a_summary_leaves_out_what_was_said_before():
    """Sentences that say nothing new are dropped."""
    assert ask(DOCSUM, "POST", "/v1/docsum", {"messages": TEXT}).json()["text"] == SUMMARY


def test_each_answer_of_an_faq_is_a_sentence_of_the_text():
    """Questions name what their answers are about."""
    text = ask(FAQGEN, "POST", "/v1/faqgen", {"messages": TEXT}).json()["text"]

    assert text.splitlines()[:2] == ["Q: What about tram run rail?", "A: Trams run on rails."]


@pytest.mark.parametrize("field", ["summary_type", "language"])
def test_an_unknown_word_is_refused_with_those_that_are_known(field):
    """The promise names the choices; upstream fails."""
    body = {"messages": TEXT, field: "klingon"}
    reply = ask(DOCSUM, "POST", "/v1/docsum", body)

    assert reply.status_code == 400
    assert reply.json()["detail"].startswith(f"{field}: is 'klingon'; it is one of auto, ")
    assert ask(DOCSUM, "POST", "/v1/docsum", body, like_upstream=True).status_code == 500


@pytest.mark.parametrize("comp", COMPS, ids=lambda comp: comp.id)
def test_upstream_works_on_nothing_and_fails_at_parts(comp):
    """Promised is a refusal of the first, and that the second are read."""
    parts = [{"role": "user", "content": [{"type": "text", "text": TEXT}]}]
    nothing = [{"role": "user", "content": ""}]
    for messages, statuses in (("", [400, 200]), (nothing, [400, 200]), (parts, [200, 500])):
        replies = [
            ask(comp, "POST", comp.endpoints[0].path, {"messages": messages}, like_upstream=is_like)
            for is_like in (False, True)
        ]
        assert [each.status_code for each in replies] == statuses


def test_each_law_has_been_seen_to_fail():
    """An empty answer and a foreign prompt are said."""
    reply = {"text": "", "prompt": "other"}

    assert [law.broken({"messages": "asked"}, reply) for law in LAWS] == [
        "the answer is empty",
        "prompt: is 'other', which was not asked",
    ]


@pytest.mark.parametrize(("comp", "path"), [(DOCSUM, "/v1/docsum"), (FAQGEN, "/v1/faqgen")])
def test_the_nonce_of_a_text_is_in_what_is_said_of_it(comp, path):
    """Once, behind it, so that it is seen whose answer it is."""
    said = ask(comp, "POST", path, {"messages": f"{TEXT} [nonce:a1]"}).json()["text"]
    plain = ask(comp, "POST", path, {"messages": TEXT}).json()["text"]

    assert said == f"{plain} [nonce:a1]"
