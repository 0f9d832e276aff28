"""What an agent remembers."""

import re

import pytest

from harness.comp import Refusal, World
from mocks.agent._state import Agents, Thread, agents_of


def test_ids_differ_and_are_the_same_for_the_same_seed():
    """They are a prefix and a UUID."""

    def three(seed):
        agents = Agents()
        return [agents.fresh("thread", World(seed)) for _ in range(3)]

    assert three(0) == three(0)
    assert len({*three(0), *three(1)}) == 6
    assert all(re.fullmatch(r"thread_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", each) for each in three(0))  # fmt: skip


@pytest.mark.parametrize(("kind", "why"), [("thread", "thread_id: no thread is called 'x'"), ("assistant", "assistant_id: no assistant is called 'x'")])  # fmt: skip
def test_what_is_not_known_is_refused_with_404(kind, why):
    """The refusal names it."""
    with pytest.raises(Refusal) as caught:
        getattr(Agents(), kind)("x")

    assert (caught.value.status, caught.value.detail) == (404, why)


def test_a_message_is_kept_and_waits_for_a_run():
    """Both lists hold it."""
    thread = Thread()
    thread.add("hello")

    assert (thread.said, thread.waiting) == (["hello"], ["hello"])


def test_each_family_remembers_for_itself():
    """The same state each time."""
    world = World()

    assert agents_of(world, "agent") is agents_of(world, "agent")
    assert agents_of(world, "agent") is not agents_of(world, "agent.rag_agent")
