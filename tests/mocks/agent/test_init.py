"""The agents' contracts: each family of strategies with every route."""

import pytest

from mocks.agent import ASSISTANTS, CHAT, COMPS, MESSAGES, THREADS
from tests.mocks.contract import ask, broken, examples
from tests.mocks.inprocess import InProcess

LANGCHAIN, LLAMA, RAG = COMPS
NOWHERE = "/v1/threads/thread_unknown"


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(*COMPS))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape, stream and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


def test_a_thread_lives_from_its_messages_to_its_runs():
    """The newest message is answered first, out of what was said before; one that was answered is not answered again."""
    mock = InProcess(LANGCHAIN)
    assistant = mock.post(ASSISTANTS, {"agent_config": {"strategy": "react_langchain"}}).json()["id"]
    thread = mock.post(THREADS, {}).json()["id"]
    path = f"{THREADS}/{thread}"
    for text in ("My bicycle has the colour red.", "What colour is my bicycle?"):
        assert mock.post(f"{path}/messages", {"content": text}).json()["thread_id"] == thread
    runs = [mock.post(f"{path}/runs", {"assistant_id": assistant}) for _ in range(3)]
    cancelled = mock.post(f"{path}/runs/cancel", None).json()
    mock.close()

    assert assistant.startswith("assistant_ReActAgentwithLangchain_")
    assert runs[0].text == "data: 'My bicycle has the colour red.'\n\ndata: [DONE]\n\n"
    assert [each.status_code for each in runs] == [200, 200, 400]
    assert runs[2].json() == {"detail": f"{thread}: has no message that is not answered yet; add one first"}
    assert cancelled == "Thread is not running, no need to cancel"


@pytest.mark.parametrize(
    ("path", "body", "status", "why"),
    [
        (CHAT, {"messages": []}, 400, "messages: the last one has no content; it is the question"),
        (ASSISTANTS, {"agent_config": {"memory_type": "x"}}, 400, "agent_config.memory_type: is 'x'; it is one of checkpointer, store"),
        (ASSISTANTS, {"agent_config": {"memory_type": "store"}}, 400, "agent_config.store_config: is missing; it says where the store is"),
        (f"{NOWHERE}/messages", {"content": "x"}, 404, "thread_id: no thread is called 'thread_unknown'"),
        (f"{NOWHERE}/runs", {"assistant_id": "x"}, 404, "thread_id: no thread is called 'thread_unknown'"),
        (f"{NOWHERE}/runs/cancel", None, 404, "thread_id: no thread is called 'thread_unknown'"),
    ],
)  # fmt: skip
def test_what_is_refused_with_a_reason_is_an_internal_error_upstream(path, body, status, why):
    """Promised is a refusal; `--like-upstream` answers as the real comp does."""
    reply = ask(LANGCHAIN, "POST", path, body)

    assert (reply.status_code, reply.json()) == (status, {"detail": why})
    assert ask(LANGCHAIN, "POST", path, body, like_upstream=True).status_code == 500


def test_an_unknown_strategy_is_refused_with_those_there_are():
    """The refusal names them all."""
    reply = ask(LANGCHAIN, "POST", ASSISTANTS, {"agent_config": {"strategy": "guess"}})

    assert reply.json()["detail"].startswith(
        "agent_config.strategy: is 'guess'; it is one of react_langchain, react_langgraph, react_llama, "
    )


def test_content_in_parts_is_promised_and_an_internal_error_upstream():
    """An empty list of parts, or one without text, is refused."""
    mock = InProcess(RAG)
    path = f"{THREADS}/{mock.post(THREADS, {}).json()['id']}/messages"
    parts = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    replies = [mock.post(path, {"content": content}) for content in (parts, [], [{"type": "text"}])]
    mock.close()

    assert [each.status_code for each in replies] == [200, 400, 400]
    assert replies[0].json()["content"] == [{"type": "text", "text": "two"}]
    assert replies[1].json() == {"detail": "content: the last part has no text"}
    assert ask(RAG, "POST", f"{NOWHERE}/messages", {"content": parts}, like_upstream=True).status_code == 500


def test_the_rag_agents_runs_fail_upstream_with_words_and_200():
    """Their streams take no thread; who asks for a thread that is not there comes not so far."""
    mock = InProcess(RAG, like_upstream=True)
    assistant = mock.post(ASSISTANTS, {"agent_config": {"strategy": "rag_agent"}}).json()["id"]
    path = f"{THREADS}/{mock.post(THREADS, {}).json()['id']}"
    mock.post(f"{path}/messages", {"content": "What is a tram?"})
    runs = [mock.post(f"{path}/runs", {"assistant_id": each}) for each in (assistant, "x")]
    mock.close()

    assert [each.status_code for each in runs] == [200, 500]
    assert (
        runs[0]
        .json()
        .startswith("An error occurred: RAGAgent.stream_generator() takes 3 positional arguments")
    )


def test_each_law_has_been_seen_to_fail():
    """An id of another kind, another message, another prompt, no answer."""
    laws = {
        law.id: law
        for path in (CHAT, MESSAGES)
        for law in LANGCHAIN.endpoint(path).variants[0].laws
    }  # fmt: skip

    assert laws["id-tells-kind"].broken({}, {"id": "x_1"}) == "id: 'x_1' does not begin with msg_"
    assert laws["kept"].broken({"content": [{"text": "a"}]}, {"content": [{"text": "b"}]}) == (
        "content: is 'b', 'a' was sent"
    )
    assert (
        laws["answers-prompt"].broken({"messages": "a"}, {"prompt": "b"}) == "prompt: is not what was asked"
    )
    assert laws["says-something"].broken({}, {"text": ""}) == "the answer is empty"
