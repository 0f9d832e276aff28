"""The reranking over videos."""

import pytest

from mocks._reranked_video import COMP, FINDS, SEARCHED
from tests.mocks.contract import ask, broken, examples

PATH = "/v1/reranking"


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(COMP))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


def test_the_video_that_was_found_most_often_is_chosen_from_its_first_place():
    """Where two were found as often, the one that came first; pieces of a video are that video."""
    often = ask(COMP, "POST", PATH, SEARCHED).json()
    once = ask(COMP, "POST", PATH, {**SEARCHED, "metadata": FINDS[:2]}).json()

    assert (often["video_url"], often["chunk_start"]) == ("http://0.0.0.0:6005/boy.mp4", 20.0)
    assert (once["video_url"], once["chunk_start"]) == ("http://0.0.0.0:6005/girl.mp4", 3.0)


def test_where_the_videos_are_and_how_long_a_piece_is_are_settings():
    """As upstream names them."""
    settings = {"FILE_SERVER_ENDPOINT": "http://files:1/", "CHUNK_DURATION": "4"}
    reply = ask(COMP, "POST", PATH, SEARCHED, settings).json()

    assert (reply["video_url"], reply["chunk_duration"]) == ("http://files:1/boy.mp4", 4.0)


@pytest.mark.parametrize(
    ("metadata", "promised", "upstream"),
    [
        ([], 400, 500),
        ([{"video": "a"}], 400, 500),
        ([{"timestamp": 1}], 400, 500),
        ([{"video": "a.avi", "timestamp": 1}], 400, 400),
    ],
)
def test_what_names_no_video_is_refused(metadata, promised, upstream):
    """Upstream refuses other kinds of file itself, and fails on all else, with a JSON body."""
    body = {**SEARCHED, "metadata": metadata}
    replies = [ask(COMP, "POST", PATH, body, like_upstream=is_like) for is_like in (False, True)]

    assert [each.status_code for each in replies] == [promised, upstream]
    assert (
        replies[1]
        .json()["detail"]
        .startswith("An unexpected" if upstream == 500 else "Invalid file extension: .avi.")
    )


def test_a_piece_of_another_video_and_another_question_break_their_laws():
    """The laws have been seen to fail."""
    asked, of_the_finds = COMP.endpoints[0].variants[0].laws
    reply = ask(COMP, "POST", PATH, SEARCHED).json()

    assert asked.broken(SEARCHED, {**reply, "prompt": "x"}).startswith("prompt: is 'x'")
    assert of_the_finds.broken(SEARCHED, {**reply, "video_url": "http://h/dog.mp4"}).startswith("video_url:")
    assert (
        of_the_finds.broken(SEARCHED, {**reply, "chunk_start": 3.0})
        == "chunk_start: is 3.0, found was [20, 40]"
    )
    assert (asked.broken(SEARCHED, reply), of_the_finds.broken(SEARCHED, reply)) == (None, None)
