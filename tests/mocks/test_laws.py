"""The small questions that laws of several comps ask of plain JSON."""

import math

import pytest

from mocks._laws import (
    VIDEO_LAWS,
    bad_vector,
    bad_vectors,
    not_a_share,
    not_falling,
    repeated,
    silent,
    texts_asked,
    unlike,
)


@pytest.mark.parametrize(
    ("given", "count"), [("x", 1), ("", 1), (["x", "y"], 2), ([1, 2, 3], 1), ([[1], [2]], 2), ([], 0)]
)
def test_texts_asked_counts_texts_and_lists_of_tokens(given, count):
    """A list of numbers is one text, a list of anything else one text each."""

    assert texts_asked(given) == count


@pytest.mark.parametrize("length", [1.0, 1.0009, 0.9991])
def test_a_vector_may_be_off_by_what_printing_costs(length):
    """A thousandth is let pass."""

    assert bad_vector([length], "v") is None


@pytest.mark.parametrize(
    ("vector", "why"),
    [
        ([1.0011], "v: has length 1.0011, not 1"),
        ([True], "v[0]: is True, no finite number"),
        ([math.inf], "v[0]: is inf, no finite number"),
        ([0.0, None], "v[1]: is None, no finite number"),
        ("AAAA", "v: is 'AAAA', no list of numbers"),
        ("A" * 50, f"v: is '{'A' * 40}', no list of numbers"),
        ([], "v: is '[]', no list of numbers"),
    ],
)
def test_a_bad_vector_is_told_by_its_first_fault(vector, why):
    """The place and the value are named."""

    assert bad_vector(vector, "v") == why


def test_a_vector_need_not_be_of_length_one_where_that_is_not_asked():
    """CLIP's own vectors are not."""

    assert bad_vector([2.0], "v", unit=False) is None


@pytest.mark.parametrize(
    ("scores", "why"),
    [
        ([], None),
        ([2, 1, 1], None),
        ([1, 2], "s[1]: score 2 is above 1 before it"),
        ([4, 1, 2], "s[2]: score 2 is above 1 before it"),
        ([4, 3, 1, 2], "s[3]: score 2 is above 1 before it"),
        ([math.nan], "s[0]: score is nan, no finite number"),
        ([None], "s[0]: score is None, no finite number"),
    ],
)
def test_scores_fall_or_stay(scores, why):
    """Rising scores and what is no number are told."""

    assert not_falling(scores, "s") == why


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ({"video_path": "/a.mp4"}, None),
        ({"wav2lip_result": "/a.avi"}, None),
        ({"video_path": "/a.png"}, "the path is '/a.png', no video's (.mp4 or .avi)"),
        ({}, "the path is '', no video's (.mp4 or .avi)"),
    ],
)
def test_a_path_that_is_no_videos_breaks_the_law(reply, why):
    """Wherever it stands."""
    assert VIDEO_LAWS[0].broken({}, reply) == why


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (bad_vectors([[1.0], [2.0]], "data[{}]"), "data[1]: has length 2, not 1"),
        (bad_vectors([[1.0], [2.0]], "data[{}]", unit=False), None),
        (unlike("a", "a", "query"), None),
        (unlike("a", "b", "query"), "query: is 'a', asked was 'b'"),
        (repeated(["a", "b"]), None),
        (repeated(["a", "a"]), "ids ['a', 'a'] are not all different"),
        (silent({}, {"text": "yes"}), None),
        (silent({}, {"text": ""}), "the answer is empty"),
        (not_a_share({}, {"score": 1}), None),
        (not_a_share({}, {"score": 1.1}), "score: is 1.1, not 0..1"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_and_nothing_where_all_is_right(found, why):
    """The place, what is there, and what would be right."""

    assert found == why
