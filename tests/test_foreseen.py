"""What a run will come to is known before it runs."""

from dataclasses import replace

import pytest

from harness.foreseen import RECOVERY, foreseen
from tests.carried_out import carried_out, wished

FAULTS = ("noop", "status-500", "wrong-dimension")


@pytest.mark.parametrize("part", ["correctness", "chaos", "load"])
def test_every_verdict_of_a_part_is_foreseen_and_no_other(tmp_path, part):
    """A real run comes to exactly these, beside what it says of its own end and of its traces."""
    wish = wished("small", (part,), faults=FAULTS, rate_per_s=5.0, duration_s=1.0)
    _, judged = carried_out(wish, tmp_path)
    came = {(each.id, each.subject) for each in judged.verdicts if each.verdict != "n/a"}
    named = foreseen(part, wish)
    later = {("run.ended", "harness"), ("traces.coverage", "traces")}

    assert came - later == {
        each for each in named if each not in later and each not in _not_applicable(judged)
    }
    assert len(named) == len(set(named))


def _not_applicable(judged):
    return {(each.id, each.subject) for each in judged.verdicts if each.verdict == "n/a"}


def test_cells_that_make_no_sense_are_left_out():
    """A wrong dimension fits no node of the small graph; the recovery comes last."""
    named = foreseen("chaos", wished("small", (), faults=FAULTS))

    assert not any("wrong-dimension" in name for name, _ in named)
    assert named[-1] == RECOVERY


def test_checks_that_make_no_sense_are_left_out():
    """Without a retriever there is no recall; without blocked questions nothing is to be blocked."""
    wish = wished("small", ())
    open_ended = replace(
        wish.scenario, questions=tuple(each for each in wish.scenario.questions if not each.blocked)
    )
    names = {name for name, _ in foreseen("correctness", replace(wish, scenario=open_ended))}

    assert not names & {"correctness.recall", "correctness.mrr", "correctness.blocked"}
    assert "correctness.isolation" in names


def test_two_nodes_of_one_comp_have_their_checks_each():
    """They are told apart by the node."""
    wish = wished("small", ())
    service = wish.scenario.megaservice
    twice = replace(
        service, nodes=(*service.nodes, replace(service.nodes[0], name="guardrail_out", after=("llm",)))
    )
    named = foreseen("correctness", replace(wish, scenario=replace(wish.scenario, megaservice=twice)))
    subjects = {subject for name, subject in named if name.startswith("guardrails.")}

    assert subjects == {"guardrail_in", "guardrail_out"}
    assert len(named) == len(set(named))
