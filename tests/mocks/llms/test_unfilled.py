"""What text generation is known to stumble over: seen of its own code over a model server."""

import pytest

from mocks.llms.text_generation import COMPS
from tests.mocks.contract import ask

COMP = COMPS[0]
PATH = "/v1/chat/completions"
USER = {"role": "user", "content": "What runs on rails?"}
BOTH = "{context} {question}"


def statuses(body):
    """As promised, and as the real comp answers."""
    return [ask(COMP, "POST", PATH, body, like_upstream=is_like).status_code for is_like in (False, True)]


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [{"content": "x"}]},
        {"messages": [USER, {"content": "x"}]},
        {"messages": [{"role": "system"}, USER]},
        {"messages": [USER], "chat_template": "{question}"},
        {"messages": [USER], "chat_template": "no place"},
        {"messages": [USER], "chat_template": "{context}"},
        {"messages": [USER], "chat_template": "{"},
        {"messages": [{"role": "system", "content": "{context}"}, USER], "documents": [{"text": "a"}]},
        {"messages": "x", "chat_template": BOTH},
        {"messages": "x", "documents": [{"text": "a"}]},
        {"query": "x", "stream": False, "documents": [{"text": "a"}]},
        {"initial_query": "x", "retrieved_docs": [{}]},
        {"initial_query": "x", "retrieved_docs": [{"text": ["a"]}]},
        {"query": "x", "stream": False, "chat_template": BOTH, "documents": [{"text": "a"}]},
    ],
    ids=str,
)
def test_what_cannot_be_filled_is_answered_and_like_upstream_an_internal_error(body):
    """Promised is an answer, for each is a valid request."""

    assert statuses(body) == [200, 500]


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [USER]},
        {"messages": [{"role": "system", "content": "{context}"}, USER]},
        {"messages": [{"role": "system", "content": "{context}"}, USER], "documents": ["a"]},
        {"messages": [{"role": "system", "content": "x"}, USER], "chat_template": "{question}"},
        {"messages": [USER], "chat_template": "{context}", "documents": ["a"]},
        {"messages": "x", "chat_template": BOTH, "documents": ["a"]},
        {"messages": "x", "chat_template": "{question}", "documents": [{"text": "a"}]},
        {"query": "x", "stream": False, "chat_template": BOTH},
        {"query": "x", "stream": False, "documents": ["a"]},
        {"initial_query": "x", "retrieved_docs": [{"text": "a"}]},
    ],
    ids=str,
)
def test_what_can_be_filled_is_answered(body):
    """A template that is not used, and documents that no prompt takes, do no harm."""

    assert statuses(body) == [200, 200]
