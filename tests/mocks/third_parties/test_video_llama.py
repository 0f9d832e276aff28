"""Video-LLaMA."""

from urllib.parse import urlencode

import pytest

from mocks.third_parties.video_llama import ASKED, COMP, ENDED
from tests.mocks.contract import ask


def asked(settings=None, **changed):
    """The reply to a piece's question."""
    return ask(COMP, "POST", f"/generate?{urlencode({**ASKED, **changed})}", settings=settings)


def test_the_answer_is_plain_text_without_a_content_type():
    """No framing, and the model's own end."""
    reply = asked(start=1.5)

    assert reply.text == "This is silence_girl.mp4 from second 1.5 to second 10.5.</s>"
    assert "content-type" not in reply.headers


@pytest.mark.parametrize(
    ("url", "status", "words"),
    [
        ("a.avi", 500, "Invalid file type. Only mp4 videos are allowed."),
        ("a/b.mp4", 500, "Invalid file name."),
        ("https://x/../a.mp4", 500, "Invalid URL."),
        ("a.mp4", 404, "File not found. Only local files under data folder are allowed."),
    ],
)
def test_a_video_that_is_not_taken_is_refused_in_the_servers_words(url, status, words):
    """Mostly with 500, as the server has it."""
    reply = asked(video_url=url)

    assert (reply.status_code, reply.json()) == (status, {"message": words})


def test_the_setting_names_more_files():
    """As if they lay in the data folder."""
    assert asked({"VIDEO_FILES": "a.mp4 b.mp4"}, video_url="b.mp4").status_code == 200


def test_a_missing_parameter_is_told_of_in_the_query():
    """As FastAPI does."""
    reply = ask(COMP, "POST", "/generate?video_url=a.mp4")

    assert reply.status_code == 422
    assert reply.json()["detail"][0] == {
        "type": "missing", "loc": ["query", "start"], "msg": "Field required", "input": None,
    }  # fmt: skip


def test_a_text_that_does_not_end_breaks_the_law():
    """The law has been seen to fail."""
    assert ENDED.broken({}, {"text": "The man is sitting."}) == "the text ends with 'sitting.'"
