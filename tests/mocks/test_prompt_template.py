"""The prompt template mock puts data into templates, and says why it cannot."""

import pytest

from mocks.prompt_template import COMPS, DATA, QUESTION, TRANSLATION, Templates
from tests.mocks.contract import ask, broken, examples

(COMP,) = COMPS
PATH = "/v1/prompt_template"
LAWS = {law.id: law for law in COMP.endpoint(PATH).variants[0].laws}


def own(system, user, **data):
    """A request with templates of its own."""
    return {"data": data, "system_prompt_template": system, "user_prompt_template": user}


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(COMP))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


def test_documents_tell_their_file_and_headers():
    """One without metadata is of an unknown source."""
    documents = [
        {"text": "Deep.", "metadata": {"url": "a.md", "Header1": "A", "Header2": "B"}},
        {"text": "Learning.", "metadata": None},
    ]
    prompt = ask(COMP, "POST", PATH, {"data": {**DATA, "reranked_docs": documents}}).json()["chat_template"]

    assert "[File: a.md | Section: A > B]\nDeep.\n\n[File: Unknown Source]\nLearning." in prompt


def test_the_last_three_turns_of_a_history_are_told():
    """An empty history is no text."""
    turns = [{"question": f"q{at}", "answer": f"a{at}"} for at in range(5)]
    told, untold = (
        ask(COMP, "POST", PATH, {"data": DATA, "conversation_history": history}).json()["chat_template"]
        for history in (turns, [{"question": " ", "answer": ""}])
    )

    assert "User: q2\nAssistant: a2\nUser: q3\nAssistant: a3\nUser: q4\nAssistant: a4" in told
    assert "q1" not in told
    assert "User:" not in untold


def test_templates_count_for_their_own_request_alone():
    """Who comes after without any gets the default ones."""
    ask(COMP, "POST", PATH, TRANSLATION)

    assert ask(COMP, "POST", PATH, {"data": DATA}).json()["query"] == QUESTION


def test_nested_data_are_their_texts():
    """Objects and lists are read through; what is put in is no template again."""
    body = own("{a}", "{b}", a={"x": ["one", None, {"y": "two"}]}, b="{a}")

    assert ask(COMP, "POST", PATH, body).json()["chat_template"] == "one  two\n{a}"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (own(" ", "{a}", a="x"), "Prompt templates cannot be empty."),
        (own("a", "b", a="x"), "Prompt templates do not contain any placeholders."),
        (own("{a}", "{a}", a="x"), "System and user prompt templates share placeholders: {'a'}"),
        (own("{a}", "x", a="x", b="y"), "Prompt templates missing required placeholders: {'b'}"),
        (own("{a}", "{b}", a="x"), "Prompt templates contain unexpected placeholders: {'b'}"),
        (own("{a}", "x", a=7), "data.a: holds 7, which is no text"),
        ({"data": {**DATA, "reranked_docs": "x"}}, "data.reranked_docs: is no list of documents"),
        ({"data": {**DATA, "reranked_docs": [{}]}}, "data.reranked_docs: {} has neither text nor metadata"),
        (
            {"data": DATA, "conversation_history": [{"question": "q", "answer": "a"}], "conversation_history_parse_type": "x"},
            "conversation_history_parse_type: is 'x'; naive is the only one",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_a_reason(body, why):
    """The words about templates are upstream's."""
    reply = ask(COMP, "POST", PATH, body)

    assert (reply.status_code, reply.json()) == (400, {"detail": why})


@pytest.mark.parametrize(("body", "status"), [({"data": {}}, 500), (own("{a}", "{b}", a="x"), 400)])
def test_upstream_fails_where_its_own_templates_do_not_fit(body, status):
    """About templates of the request it says why."""

    assert ask(COMP, "POST", PATH, body, like_upstream=True).status_code == status


def test_templates_are_filled_at_their_places():
    """And stripped, as upstream does."""

    assert Templates("a {x} ", " {y}\n").filled({"x": "1", "y": "2"}) == ("a 1", "2")


def test_each_law_has_been_seen_to_fail():
    """Data that is not there, a place that is left, a query from elsewhere."""
    request = {"data": {"a": "one"}}

    assert LAWS["holds-data"].broken(request, {"chat_template": "two"}) == (
        "chat_template: does not hold data.a, 'one'"
    )
    assert LAWS["no-place-left"].broken(request, {"chat_template": "{b}"}) == (
        "chat_template: still has the places ['b']"
    )
    assert (
        LAWS["asks"].broken(request, {"chat_template": "x", "query": "y"})
        == "query: is no part of chat_template"
    )
