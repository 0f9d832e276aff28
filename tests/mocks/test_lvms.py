"""Vision models."""

import pytest

from harness.sse import TextStream
from mocks._vision import BLUE
from mocks.lvms import COMPS, FOUND, PICTURE, PIECE, SEARCHED
from tests.mocks.contract import ask, broken

VLLM, LLAVA, VIDEO = COMPS
PATH = "/v1/lvm"
SEEN = "A yellow picture of 16 by 16 pixels: a yellow square."


def streamed(comp, body, dialect):
    """The reply's text, read as a stream of that dialect, and what the reply was."""
    reply = ask(comp, "POST", PATH, body)
    stream = TextStream(dialect)
    stream.feed(0, reply.content)
    stream.finish(1)

    assert stream.outcome == "whole"
    return stream.text, reply


@pytest.mark.parametrize("comp", COMPS, ids=lambda comp: comp.id)
def test_the_mock_keeps_its_contract(comp):
    """Status, model, stream and laws hold for every example, over a real socket."""
    assert broken(comp) == []


def test_a_stream_is_of_pythons_bytes_and_says_what_the_document_says():
    """As vLLM's and TGI's components stream."""
    text, reply = streamed(VLLM, {**PICTURE, "stream": True}, "py_bytes")

    assert text == ask(VLLM, "POST", PATH, PICTURE).json()["text"] == SEEN
    assert reply.content.startswith(b"data: b'A'\n\n")
    assert reply.content.endswith(b"data: [DONE]\n\n")


def test_llava_does_not_stream():
    """Whatever was asked for."""
    assert ask(LLAVA, "POST", PATH, {**PICTURE, "stream": True}).json()["text"] == SEEN


def test_what_was_found_answers_and_is_given_as_proof():
    """The transcript first, the frame where it says nothing."""
    answered = ask(VLLM, "POST", PATH, SEARCHED).json()
    seen = ask(VLLM, "POST", PATH, {**SEARCHED, "initial_query": "What is this?"}).json()

    assert answered["text"] == "The bear sleeps in winter."
    assert answered["metadata"] == {name: value for name, value in FOUND.items() if name != "b64_img_str"}
    assert seen["text"].startswith("A blue picture")


def test_several_pictures_are_all_seen():
    """Upstream's vLLM component cannot."""
    body = {**PICTURE, "image": [PICTURE["image"], BLUE]}

    assert ask(VLLM, "POST", PATH, body).json()["text"].count("picture") == 2
    assert ask(VLLM, "POST", PATH, body, like_upstream=True).status_code == 500
    assert ask(LLAVA, "POST", PATH, body, like_upstream=True).status_code == 200


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (PIECE, "video_url: this component sees pictures; OPEA_VIDEO_LLAMA_LVM watches videos"),
        ({**SEARCHED, "metadata": []}, "There is no video segments retrieved given the query!"),
        (
            {**SEARCHED, "metadata": [{"b64_img_str": ""}]},
            "metadata[0]: lacks video_id; it needs b64_img_str, video_id, source_video, time_of_frame_ms, ",
        ),
        ({**PICTURE, "image": "x!"}, "image: 'x!' is no base64: "),
    ],
)
def test_what_upstream_fails_over_is_refused_here(body, why):
    """400 with the reason as promised, 500 as known."""
    promised = ask(VLLM, "POST", PATH, body)

    assert promised.status_code == 400
    assert promised.json()["detail"].startswith(why)
    assert ask(VLLM, "POST", PATH, body, like_upstream=True).status_code == 500


@pytest.mark.parametrize(
    "body",
    [{**PICTURE, "max_new_tokens": 0}, {**PICTURE, "image": "QUJD"}, {**SEARCHED, "max_new_tokens": 0}],
    ids=["no-tokens", "no-picture", "searched-no-tokens"],
)
def test_what_a_models_server_refuses_breaks_a_stream_off_upstream(body):
    """It has begun by then; promised is a refusal before it does."""
    streamed = {**body, "stream": True}
    replies = [
        ask(VLLM, "POST", PATH, each, like_upstream=like)
        for each, like in ((body, False), (streamed, False), (body, True), (streamed, True))
    ]

    assert [each.status_code for each in replies] == [400, 400, 500, 200]
    assert replies[-1].text == ""


def test_a_stream_needs_no_proof():
    """A document gives it back, and fails without it upstream."""
    found = {name: value for name, value in FOUND.items() if name != "video_id"}
    body = {**SEARCHED, "metadata": [found]}
    whole, streamed = (
        ask(VLLM, "POST", PATH, {**body, "stream": stream}, like_upstream=True) for stream in (False, True)
    )

    assert (whole.status_code, streamed.status_code) == (500, 200)
    assert streamed.text.endswith("data: [DONE]\n\n")


def test_a_video_is_answered_as_plain_text_after_a_line_of_python():
    """Under the content type of events, which it has none of."""
    text, reply = streamed(VIDEO, PIECE, "raw_text")

    assert reply.headers["content-type"].startswith("text/event-stream")
    assert text == (
        "{'video_url': 'silence_girl.mp4', 'chunk_start': 0.0, 'chunk_duration': 9.0}\n"
        "This is silence_girl.mp4 from second 0 to second 9.</s>"
    )


@pytest.mark.parametrize("body", [PICTURE, SEARCHED, {**PIECE, "video_url": "a.avi"}])
def test_video_llama_watches_videos_alone(body):
    """And of these, mp4."""
    assert ask(VIDEO, "POST", PATH, body).status_code == 400
    assert ask(VIDEO, "POST", PATH, body, like_upstream=True).status_code == 500


def test_a_lost_proof_and_an_empty_answer_break_their_laws():
    """Each law has been seen to fail."""
    laws = {law.id: law.broken for law in VLLM.endpoints[0].variants[1].laws}

    assert laws["not-empty"](SEARCHED, {"text": ""}) == "text: is empty"
    assert laws["proof-kept"](SEARCHED, {"text": "x", "metadata": {"video_id": "v2"}}) == (
        "metadata.video_id: is 'v2', found was 'v1'"
    )
    assert laws["proof-kept"](SEARCHED, {"text": "x"}) is None
