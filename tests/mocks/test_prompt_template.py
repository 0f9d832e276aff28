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
        (own("{a}", "x"), "Expected placeholders set cannot be empty."),
        (own(" ", " ", a="x"), "Input keys {'a'} do not match expected {'reranked_docs', 'user_prompt'}"),
        (own("{a}", "x", a=7), "Unsupported data type for text extraction: <class 'int'>"),
        (own("{a", "{a}", a="x"), "expected '}' before end of string"),
        ({"data": {**DATA, "reranked_docs": "x"}}, "Unsupported document type: <class 'str'>"),
        ({"data": {**DATA, "reranked_docs": [{}]}}, "Document {} lacks metadata and text."),
        (
            {"data": DATA, "conversation_history": [{"question": "q", "answer": "a"}], "conversation_history_parse_type": "x"},
            "Incorrect ConversationHistoryHandler parsing type. Got: x. Expected: [naive, ]",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("like_upstream", [False, True], ids=["promised", "like-upstream"])
def test_what_does_not_fit_is_refused_with_a_reason(body, why, like_upstream):
    """The words are upstream's, and so are they there."""
    reply = ask(COMP, "POST", PATH, body, like_upstream=like_upstream)

    assert (reply.status_code, reply.json()) == (400, {"detail": why})


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"data": {}}, "data: does not fill the templates: 'reranked_docs'"),
        (own("{a.b}", "{a}", a="x"), "data: does not fill the templates: 'str' object has no attribute 'b'"),
        (own("{}", "{a}", a="x"), "data: does not fill the templates: Replacement index 0 out of range for positional args tuple"),
        ({"data": {**DATA, "reranked_docs": None}}, "data.reranked_docs: is None, no list of documents"),
        ({"data": {**DATA, "reranked_docs": [{"metadata": "x"}]}}, "metadata: is 'x', no object"),
        ({"data": {**DATA, "reranked_docs": [{"metadata": {"Header1": 1}}]}}, "metadata: headers are [1], not all of them texts"),
    ],
)  # fmt: skip
def test_what_upstream_stumbles_over_is_refused_with_another_status(body, why):
    """There it is an internal error; what it refuses with 400 is none."""
    promised, real = ask(COMP, "POST", PATH, body), ask(COMP, "POST", PATH, body, like_upstream=True)

    assert (promised.status_code, promised.json()) == (422, {"detail": why})
    assert (real.status_code, real.json()) == (500, {"detail": "Internal server error"})
    (known,) = COMP.endpoint(PATH).known
    assert known.is_set_off(body)
    assert not known.is_set_off({"data": DATA})
    assert not known.is_set_off(own("{a}", "{b}", a="x"))
    assert not known.is_set_off({})


def test_the_default_templates_pass_over_what_they_have_no_place_for():
    """A history among the data is none of theirs; of one's own templates it is."""
    more = ask(COMP, "POST", PATH, {"data": {**DATA, "more": "zebra", "conversation_history": "lion"}}).json()
    own_history = ask(
        COMP, "POST", PATH, own("{conversation_history}", "{a}", a="x", conversation_history="lion")
    )

    assert more["query"] == QUESTION
    assert "zebra" not in more["chat_template"]
    assert "lion" not in more["chat_template"]
    assert own_history.json()["chat_template"] == "lion\nx"


def test_templates_are_filled_at_their_places():
    """And stripped, as upstream does."""

    assert Templates("a {x} ", " {y}\n").filled({"x": "1", "y": "2"}) == ("a 1", "2")


def test_each_law_has_been_seen_to_fail():
    """Data that is not there, a place that is left, a query from elsewhere."""
    request = own("{a}", "x", a="one")

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
