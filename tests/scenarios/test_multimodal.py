"""Pictures with captions, and what is asked of them."""

import pytest

from harness.discovery import COMP, discover
from harness.megaservice import Asked
from harness.stack.stack import Where
from mocks._text import CLIP_DIMENSION
from scenarios.multimodal import EMBEDDING, LVM, MULTIMODAL, RETRIEVER, SCENARIOS, VIDEOS, ranked
from tests.gateway.standing import asked, on

FOUND = dict.fromkeys(
    ("b64_img_str", "video_id", "source_video", "time_of_frame_ms", "transcript_for_inference"), "x"
)


def test_each_node_calls_a_route_of_its_comp():
    """Every one of them promises it."""
    comps = discover(COMP)

    assert all(
        comps[node.comp].endpoint(node.path)
        for scenario in SCENARIOS
        for node in scenario.megaservice.standing
    )


def test_a_picture_goes_in_with_its_caption():
    """Both under one name, by which what is found is known."""
    first = MULTIMODAL.documents[0]

    assert [*first.media] == [first.id.replace(".txt", ".png")]
    assert ranked({"metadata": [{"title": "a"}, {"title": "b"}, {"title": "a"}]}) == ("a.txt", "b.txt")


def test_the_model_is_asked_as_the_caller_wants():
    """With all that was found."""
    body = LVM.request({"metadata": [FOUND]}, Asked({"max_tokens": 5}, "q", stream=True))

    assert body == {"metadata": [FOUND], "stream": True, "max_new_tokens": 5}


@pytest.mark.parametrize(
    ("node", "reply", "wrong"),
    [
        (EMBEDDING, {"embedding": [1.0, 2]}, None),
        (EMBEDDING, {"embedding": "no"}, "embedding: is no, no list of numbers"),
        (EMBEDDING, [], "embedding: is None, no list of numbers"),
        (RETRIEVER, {"metadata": [FOUND]}, None),
        (RETRIEVER, {"metadata": []}, "metadata: is [], no list of what was found"),
        (RETRIEVER, {"metadata": [{"video_id": "x"}]}, "metadata[0]: lacks b64_img_str"),
        (LVM, {"text": "yes"}, None),
        (LVM, {"detail": "no"}, "text: is None, no string"),
    ],
)
def test_a_reply_of_the_wrong_shape_is_told(node, reply, wrong):
    """And one of the right shape is not."""
    told = node.expects(reply, {})

    assert told == (wrong and ("bad_schema", wrong))


def test_a_contract_is_asked_with_vectors_of_the_pictures_length():
    """What has none is left as it is."""
    fit = MULTIMODAL.fits["retriever"]

    assert len(fit({"embedding": [0.0] * 768})["embedding"]) == CLIP_DIMENSION
    assert (fit({"input": "x"}), fit([1])) == ({"input": "x"}, [1])


def test_a_question_is_answered_from_what_is_said_of_a_picture(tmp_path):
    """Whole and streamed, through the real chain of mocks."""

    async def work(stack):
        question = "When does the first tram leave?"
        return [await asked(stack, question, mode) for mode in MULTIMODAL.modes]

    plain, streamed = on(MULTIMODAL, Where(jaeger="none"), tmp_path, work)

    assert "twelve minutes to five" in plain.text
    assert streamed.text == plain.text


def test_a_question_about_a_video_is_answered_by_a_model_that_watches_it(tmp_path):
    """It is told which piece of which video, and streams."""

    async def work(stack):
        return await asked(stack, VIDEOS.questions[0].text, "stream")

    op = on(VIDEOS, Where(jaeger="none"), tmp_path, work)

    assert op.ok, op.detail
    assert ".mp4" in op.text


@pytest.mark.parametrize(
    ("node", "reply", "wrong"),
    [
        ("retriever", {"metadata": [{"video": "a.mp4"}]}, None),
        ("retriever", {"metadata": [{}]}, "metadata: is [{}], no list of finds with their video"),
        ("rerank", {"video_url": "http://x/a.mp4"}, None),
        ("rerank", {"documents": []}, "video_url: is None, no string"),
    ],
)
def test_a_find_without_its_video_is_told(node, reply, wrong):
    """And one with it is not."""
    told = VIDEOS.megaservice.node(node).expects(reply, {})

    assert told == (wrong and ("bad_schema", wrong))
