"""Texts with a meaning: vectors, relevance and answers of the mocks."""

import numpy as np
import pytest

from mocks._text import (
    UNKNOWN_ANSWER,
    answer,
    embed,
    read_prompt,
    relevance,
    similarity,
    stem,
    tokens,
    topics,
    write_prompt,
)

TICKETS = "A day ticket costs four crowns. It is sold at every stop. Children ride free."
DEPOT = "The depot has nine bays. Trams are washed there every night."


def test_tokens_are_lower_case_words_and_no_nonce():
    """A nonce is no word, punctuation neither."""

    assert tokens("What's THIS, then? [nonce:a1-b2]") == ("what's", "this", "then")


def test_topics_leave_out_stop_words_and_endings():
    """The topics are stems in order, each once."""

    assert topics("How are the tickets ticketed at closing?") == ("ticket", "clos")


@pytest.mark.parametrize(
    ("one", "other"), [("ticket", "tickets"), ("closes", "closing"), ("city", "cities"), ("stop", "stopped")]
)
def test_words_of_one_family_have_one_stem(one, other):
    """Common English endings fall off."""

    assert stem(one) == stem(other)


@pytest.mark.parametrize("text", ["a day ticket", "", "   ", "?!", "\ud800", "\u6f22\u5b57", "of the"])
@pytest.mark.parametrize("dimension", [1, 2, 3, 512, 768])
def test_every_text_has_a_finite_vector_of_length_one(text, dimension):
    """No text, not even none, breaks the vector."""
    vector = embed(text, dimension)

    assert vector.shape == (dimension,)
    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-5


def test_the_same_text_gives_the_same_numbers_on_every_machine():
    """The hashing is our own, not Python's, which changes with each process."""

    assert embed("tram", 4).tolist() == pytest.approx([0.3678, -0.0136, -0.1771, 0.9128], abs=1e-4)


def test_a_vector_cannot_be_changed_by_whoever_gets_it():
    """Vectors are shared between requests, so they are read-only."""
    with pytest.raises(ValueError, match="read-only"):
        embed("tram")[0] = 1


def test_a_dimension_below_one_is_refused():
    """The message says what was wrong and what would be right."""
    with pytest.raises(ValueError, match="dimension: is 0; a vector has at least one number"):
        embed("tram", 0)


def test_near_texts_are_near_and_far_texts_are_far():
    """Texts that share words are nearer than texts that do not."""
    question = "How much is a ticket for one day?"

    assert similarity(question, TICKETS) > 0.25 > similarity(question, DEPOT)


def test_a_nonce_changes_neither_vector_nor_relevance():
    """Each request of a load can carry its own nonce without asking something else."""
    assert np.array_equal(embed("a ticket [nonce:77]"), embed("a ticket"))
    assert relevance("a ticket [nonce:77]", TICKETS) == relevance("a ticket", TICKETS)


def test_relevance_does_not_punish_a_long_text():
    """What else a text says does not count against it."""
    question = "What does a day ticket cost?"
    long = TICKETS + " " + " ".join(f"Line {n} runs past the harbour and the mill." for n in range(20))

    assert relevance(question, long) > 0.7 > 0.3 > relevance(question, DEPOT)


def test_the_answer_is_the_sentence_that_tells():
    """Of several documents and sentences the right one is given."""

    assert answer("What does a day ticket cost?", [DEPOT, TICKETS]) == "A day ticket costs four crowns."


@pytest.mark.parametrize("documents", [[], [""], [DEPOT]])
def test_without_a_relevant_document_the_answer_is_that_it_does_not_know(documents):
    """Nothing is made up from an empty or irrelevant context."""

    assert answer("What does a day ticket cost?", documents) == UNKNOWN_ANSWER


def test_the_nonce_of_a_question_is_in_its_answer():
    """An answer can be matched to its request."""

    assert answer("How many bays has the depot? [nonce:x9]", [DEPOT]) == "The depot has nine bays. [nonce:x9]"


def test_a_written_prompt_reads_back():
    """Question and documents survive the prompt, documents each on one line."""
    prompt = write_prompt("How many bays?", [DEPOT, "Two\nlines."])

    assert read_prompt(prompt) == ("How many bays?", (DEPOT, "Two lines."))


def test_a_prompt_without_marks_is_all_question():
    """A plain chat message has no documents."""

    assert read_prompt(" Hello there ") == ("Hello there", ())


def test_the_prompts_of_opeas_other_megaservices_read_back_too():
    """GraphRAG calls its documents intermediate answers, and HybridRAG puts what a graph says before them."""
    graph = (
        "### You are helpful.\n### Intermediate answers: one\ntwo \n\n### Question: When? \n\n### Answer:\n"
    )
    hybrid = (
        "You are knowledgeable. Answer the question: When?. Instructions: Use the results. "
        "Structured: [] Unstructured: one\ntwo."
    )

    assert read_prompt(graph) == ("When?", ("one", "two"))
    assert read_prompt(hybrid) == ("When?.", ("one", "two."))
