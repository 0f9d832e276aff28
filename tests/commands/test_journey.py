"""One question's way, as it is shown."""

import io

import pytest
from rich.console import Console

from harness.commands.journey import Journey, as_json, show_end, show_hop
from harness.discovery import SCENARIO, discover
from harness.examine import Examined, Finding
from harness.history import Exchange, Op

RAG = discover(SCENARIO)["rag"]
ANSWER = {"status": 200, "text": "At nine.", "tokens": 2, "sent_ns": 1, "ended_ns": 2_000_001}


def hop(node, began_ns=0, wrong=None, **changes):
    return Examined(
        Exchange(1, node, "POST", "/v1/x", began_ns=began_ns, ended_ns=began_ns + 1_500_000, **changes),
        "x",
        wrong,
    )


def shown(show, *arguments, **options):
    console = Console(file=io.StringIO(), width=200, highlight=False)
    show(console, *arguments, **options)
    return console.file.getvalue()


def test_a_right_hop_is_one_line_with_request_and_reply():
    """Node, route, status, milliseconds; long bodies are shortened and say how long they are."""
    text = shown(show_hop, hop("llm", status=200, request="{}", reply="a" * 300), full=False)

    assert "✓ llm" in text
    assert "200" in text
    assert "1.5 ms" in text
    assert "… (300 characters)" in text


def test_full_shows_everything():
    """Nothing is shortened then."""
    assert "a" * 150 in shown(show_hop, hop("llm", status=200, reply="a" * 150), full=True).replace("\n", "")


@pytest.mark.parametrize("text", ["At nine. " * 30, "九点。" * 60])
def test_an_answer_is_shown_whole(text):
    """In any language."""
    op = Op("1", "ask", "", "json", **{**ANSWER, "text": text})

    assert "".join(text.split()) in "".join(shown(show_end, Journey(op, "http://g")).split())


def test_an_answer_that_is_sound_is_shortened_unless_wanted_in_full():
    """A megaservice that speaks answers in base64."""
    op = Op("1", "ask", "", "json", **{**ANSWER, "text": "UklG" * 100})
    short, full = (shown(show_end, Journey(op, "http://g"), full=full) for full in (False, True))

    assert "… (400 characters)" in short
    assert "UklG" * 100 in full.replace("\n", "")


def test_a_wrong_hop_says_what_was_expected_and_what_came():
    """Both stand below it."""
    text = shown(
        show_hop,
        hop("llm", status=404, wrong=Finding("POST /v1/bias", "POST /v1/detect_bias → 404")),
        full=False,
    )

    assert "✗ llm" in text
    assert "expected  POST /v1/bias" in text
    assert "came      POST /v1/detect_bias → 404" in text


def test_the_first_wrong_hop_is_the_one_that_was_asked_first():
    """Not the one that ended first."""
    wrong = Finding("x", "y")
    journey = Journey(
        Op("1", "ask", "", "json", **ANSWER), "http://g", [hop("llm", 20, wrong), hop("rerank", 10, wrong)]
    )

    assert journey.first_wrong.exchange.node == "rerank"
    assert journey.exit_code == 1
    assert "first wrong hop: rerank (2 of 2 are wrong)" in shown(show_end, journey)


def test_a_right_journey_ends_with_its_answer():
    """The exit code is 0."""
    journey = Journey(Op("1", "ask", "", "json", **ANSWER), "http://g", [hop("llm")])

    assert journey.exit_code == 0
    assert shown(show_end, journey).strip() == "answer (200, 2 tokens, 2 ms)\nAt nine."


def test_an_empty_200_is_no_answer():
    """It is said to be empty, and the exit code is 1."""
    journey = Journey(Op("1", "ask", "", "json", status=200, error="empty"), "http://g", [hop("llm")])

    assert journey.exit_code == 1
    assert "no answer (HTTP 200" in shown(show_end, journey)
    assert "an empty answer: empty" in shown(show_end, journey)


def test_who_was_not_asked_and_who_could_not_be_seen_is_said():
    """Each with its reason."""
    journey = Journey(
        Op("1", "ask", "", "json", **ANSWER), "http://g", [], ["rerank"], {"llm": "keeps no journal"}
    )
    text = shown(show_end, journey)

    assert "rerank         was not asked" in text
    assert "llm            keeps no journal" in text
    assert "no hop is seen; `opea-harness doctor` says" in text

    journey.hops.append(hop("embedding"))

    assert "no hop is seen" not in shown(show_end, journey)


def test_as_json_it_is_one_document():
    """Verdict, answer, hops, first wrong one."""
    journey = Journey(Op("1", "ask", "", "json", **ANSWER), "http://g", [hop("llm", wrong=Finding("a", "b"))])
    document = as_json(RAG, "When?", journey)

    assert (document["verdict"], document["first_wrong"]) == ("violated", "llm")
    assert document["hops"][0]["expected"] == "a"
    assert document["answer"]["text"] == "At nine."
