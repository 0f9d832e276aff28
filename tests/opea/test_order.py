"""How hooks are called for a request, and what becomes of what they raise."""

import pytest
from fastapi import HTTPException

from harness.opea import Problem
from harness.opea.problems import Failure
from tests.opea.asking import chain, problem_of
from tests.opea.lab import Stream, openai


def failing(hook, error):
    async def build(lab):
        orchestrator = await chain(("one", {"a": 1}), ("two", {"b": 1}))(lab)

        def raising(*_, **__):
            raise error

        setattr(orchestrator, hook, raising)
        return orchestrator

    return build


@pytest.mark.parametrize("hook", ["align_inputs", "align_outputs"])
def test_a_hook_that_fails_is_told_with_its_node(hook):
    """What it raised is in the words."""
    failure, lab = problem_of(failing(hook, KeyError("embedding")), {"text": "q"})

    assert (failure.node, failure.kind, failure.status) == ("one", "bad_schema", 502)
    assert f"{hook} failed for it: KeyError: 'embedding'" in failure.detail
    assert lab.bodies("two") == []


def test_a_hook_may_raise_its_own_problem():
    """It is told as it is."""
    failure, _ = problem_of(
        failing("align_outputs", Problem(Failure("mine", "bad_dim", "so"))), {"text": "q"}
    )

    assert (failure.node, failure.kind) == ("mine", "bad_dim")


def test_a_hook_may_raise_a_status_of_its_own():
    """FastAPI's exception goes through to FastAPI."""
    with pytest.raises(HTTPException) as caught:
        problem_of(failing("align_inputs", HTTPException(418)), {"text": "q"})

    assert caught.value.status_code == 418


def test_a_sentence_is_asked_for_a_whole_reply():
    """An LLM behind a stream is not asked to stream."""
    from tests.opea.asking import asked

    async def build(lab):
        return await chain(("llm", Stream(openai("One.")), "llm"), ("again", {"text": "1"}, "llm"))(lab)

    lab, _, _ = asked(build, {"text": "q"})

    assert [lab.bodies(name)[0]["stream"] for name in ("llm", "again")] == [True, False]
