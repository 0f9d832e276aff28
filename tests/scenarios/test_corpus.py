"""The corpus and its labels fit each other."""

from mocks._text import tokens
from scenarios._corpus import ANSWERABLE, BIASED, BLOCKED, DOCUMENTS, QUESTIONS, UNANSWERABLE

TEXTS = {document.id: document.text for document in DOCUMENTS}


def test_there_are_enough_documents_and_questions_of_each_kind():
    """The figures of a scenario need their numbers."""

    assert len(DOCUMENTS) >= 40
    assert (len(ANSWERABLE) >= 24, len(UNANSWERABLE) >= 3, len(BLOCKED) >= 3, len(BIASED) >= 3) == (True,) * 4


def test_ids_and_texts_are_all_different():
    """A label means one thing."""

    assert len({question.id for question in (*QUESTIONS, *BIASED)}) == len(QUESTIONS) + len(BIASED)
    assert len(set(TEXTS.values())) == len(TEXTS)


def test_the_answer_to_each_question_stands_in_its_source_and_nowhere_else():
    """So that there is one right document and one right answer."""
    for question in ANSWERABLE:
        holding = [
            name
            for name, text in TEXTS.items()
            if all(each.lower() in text.lower() for each in question.answer)
        ]

        assert holding == list(question.sources), question.id


def test_no_question_gives_its_own_answer_away():
    """An LLM that only repeats the question is not right."""
    given_away = [q.id for q in ANSWERABLE if all(each.lower() in q.text.lower() for each in q.answer)]

    assert given_away == []


def test_documents_are_short():
    """Each is one chunk, so that a chunk is a document."""

    assert max(len(text) for text in TEXTS.values()) < 400
    assert min(len(tokens(text)) for text in TEXTS.values()) > 10
