"""Every node of the graph is held against the contract of its comp."""

from dataclasses import replace

import pytest

from harness.errors import ScenarioError
from harness.parts import contracts
from harness.verdict import counts
from tests.carried_out import session_on, wished


@pytest.fixture
def wish():
    return wished("small", ("correctness",))


@pytest.fixture
def session(standing, wish, tmp_path):
    made = session_on(standing.stack, wish, tmp_path)
    yield made
    made.run.close()


def test_the_nodes_of_a_good_stack_keep_their_contracts(session, standing, wish):
    """Each verdict is its node's; what is only supported is left alone, since checking it would empty the store."""
    verdicts = standing.run(contracts.carry_out(session, wish.comps))

    assert counts(verdicts)["violated"] == counts(verdicts)["unknown"] == 0
    assert {each.subject for each in verdicts} == {"guardrail_in", "llm"}


def test_a_node_whose_address_is_not_known_is_unknown(session, standing, wish):
    """With the option that would name it."""
    alone = {"guardrail_in": standing.stack.hops["guardrail_in"]}
    verdicts = standing.run(
        contracts.carry_out(replace(session, stack=replace(standing.stack, hops=alone)), wish.comps)
    )
    unknown = {each.id: each.why for each in verdicts if each.verdict == "unknown"}

    assert unknown == {"contract.llm": "its address is not known; --node llm=URL names it"}
    assert any(each.subject == "guardrail_in" and each.verdict == "holds" for each in verdicts)


def test_a_comp_that_is_none_is_said(session, standing):
    """The node, and which comps there are."""
    with pytest.raises(
        ScenarioError, match=r"guardrail_in: is a guardrails\.guardrails, which is no comp; comps are $"
    ):
        standing.run(contracts.carry_out(session, {}))
