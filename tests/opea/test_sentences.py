"""Sentences of text as it streams."""

import random

import pytest

from harness.opea.sentences import SENTENCE_CHARS_MAX, Sentences, words


def cut(*pieces):
    sentences = Sentences()
    found = [sentence for piece in pieces for sentence in sentences.feed(piece)]
    return found, sentences.tail()


def test_a_sentence_ends_at_its_mark_once_a_space_follows():
    """What stands behind the last mark is the tail."""
    assert cut(" OPEA", " is", " great.", " I", " think ", " so.") == ([" OPEA is great."], " I think  so.")


def test_numbers_and_names_are_not_cut():
    """A point within a word ends nothing."""
    assert cut("pi is 3.14 or e.g. so! ", "yes?") == (["pi is 3.14 or e.g.", " so!"], " yes?")


def test_full_width_marks_end_at_once():
    """Chinese has no space behind its marks."""
    assert cut("你好。再见！好", "，吗？") == (["你好。", "再见！", "好，", "吗？"], "")  # noqa: RUF001 - full-width marks are meant


def test_text_without_marks_is_cut_at_a_length():
    """Memory is bounded, words stay whole."""
    found, tail = cut("word " * 1000)

    assert all(len(sentence) <= SENTENCE_CHARS_MAX for sentence in found)
    assert "".join([*found, tail]) == "word " * 1000
    assert cut("x" * 5000)[0][0] == "x" * SENTENCE_CHARS_MAX


def test_the_tail_is_given_once():
    """Asked again there is none."""
    sentences = Sentences()
    sentences.feed("half")

    assert (sentences.tail(), sentences.tail()) == ("half", "")


@pytest.mark.parametrize("seed", range(20))
def test_the_pieces_make_no_difference(seed):
    """The same text in any pieces gives the same sentences."""
    text = "One. Two is 2.5! Drei？四。 Is it? yes... Well.\nEnd of it. And a tail"  # noqa: RUF001 - the same
    rng = random.Random(seed)
    places = sorted(rng.sample(range(1, len(text)), rng.randint(1, len(text) - 1)))
    pieces = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]

    assert cut(*pieces) == cut(text)


def test_words_keep_one_space_on_each_side():
    """The tokens of upstream's token_generator."""
    assert words(" OPEA is  great. ~~~") == [" OPEA ", "is ", " great. ", "~~~"]
