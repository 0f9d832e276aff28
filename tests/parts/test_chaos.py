"""Faults are put on nodes and taken back."""

from dataclasses import replace

import pytest

from harness.discovery import FAULT, SCENARIO, discover
from harness.errors import UsageError
from harness.parts.chaos import chosen, planned

FAULTS = discover(FAULT)
RAG = discover(SCENARIO)["rag"]


def test_every_default_fault_is_planned_on_every_node_in_both_modes():
    """What makes no sense somewhere says why; nothing is left out in silence."""
    plan = planned(RAG, {name: fault for name, fault in FAULTS.items() if fault.default})

    assert len(plan) == 12 * 5 * 2
    assert all(
        each.cell.unfit
        for each in plan
        if each.cell.fault.startswith("wrong-dimension") and each.cell.node == "llm"
    )
    assert sum(not each.cell.unfit for each in plan) >= 80


def test_stream_faults_fit_only_the_node_that_streams():
    """The chain's LLM, and only when a stream is asked for."""
    stream_faults = {
        name: fault for name, fault in FAULTS.items() if name.startswith(("stream-cut", "slow-first-token"))
    }
    fit = {(each.cell.node, each.cell.mode) for each in planned(RAG, stream_faults) if not each.cell.unfit}

    assert fit == {("llm", "stream")}


def test_why_a_stream_fault_does_not_fit_is_said_of_the_mode_that_was_asked_for():
    """What a whole answer cannot show, and what no answer of this node can."""
    plan = planned(RAG, {"stream-cut-3": FAULTS["stream-cut-3"]})
    why = {(each.cell.node, each.cell.mode): each.cell.unfit for each in plan}

    assert why["llm", "json"] == "llm does not stream in json mode"
    assert why["rerank", "stream"] == "rerank never streams"


def test_faults_are_chosen_by_name():
    """In the catalogue's order."""
    assert list(chosen(FAULTS, ["status-500", "noop"])) == ["noop", "status-500"]


def test_a_fault_that_is_none_is_named():
    """With what there is."""
    with pytest.raises(UsageError, match=r"nope: there is no such fault; the nearest of "):
        chosen(FAULTS, ["nope"])


def test_no_fault_is_put_on_a_node_to_which_no_question_leads():
    """Nobody would notice; and the cell says so."""
    plan = planned(replace(RAG, unasked=("rerank",)), {"status-500": FAULTS["status-500"]})

    assert {each.cell.node for each in plan if each.cell.unfit} == {"rerank"}
    assert plan[-1].cell.unfit == ""
    assert {each.cell.unfit for each in plan} == {
        "",
        "no question leads to this node, so nobody would notice",
    }
