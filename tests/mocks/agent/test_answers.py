"""What the agent's routes answer, beside what their contracts' examples show."""

import pytest

from mocks.agent import CHAT, COMPS
from tests.mocks.contract import ask
from tests.mocks.inprocess import InProcess

LANGCHAIN = COMPS[0]
TOLD = "My bicycle has the colour red."
ASKED = "What colour is my bicycle?"


@pytest.mark.parametrize(
    ("thread", "said"), [({"thread_id": "t"}, TOLD), ({}, "I do not know: the given context does not say.")]
)
def test_a_chat_remembers_what_its_own_thread_was_told(thread, said):
    """On thread 0, which is everybody's, it remembers nothing."""
    mock = InProcess(LANGCHAIN)
    mock.post(CHAT, {"messages": TOLD, **thread})
    text = mock.post(CHAT, {"messages": ASKED, **thread}).json()["text"]
    mock.close()

    assert text == said


@pytest.mark.parametrize(
    "messages",
    [
        ASKED,
        [{"role": "user", "content": "x"}, {"role": "user", "content": ASKED}],
        [{"role": "user", "content": [{"type": "text", "text": ASKED}]}],
    ],
)
def test_the_last_message_is_the_question(messages):
    """A text, or the texts of its parts; documents are texts or objects with one."""
    documents = [{"text": TOLD}]
    reply = ask(LANGCHAIN, "POST", CHAT, {"messages": messages, "documents": documents}).json()

    assert (reply["prompt"], reply["text"]) == (ASKED, TOLD)
