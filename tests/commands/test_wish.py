"""What is given on a command line, as what a run is to do."""

from dataclasses import replace
from pathlib import Path

import click
import pytest

from harness.commands.wish import allowed, find_faults, parts_of, wished
from harness.errors import UsageError
from harness.stack.stack import Where
from tests.carried_out import SCENARIOS

OPTIONS = {
    "gateway": "reference",
    "nodes": (),
    "jaeger": "none",
    "folders": (SCENARIOS,),
    "like_upstream": False,
    "cache": Path("/cache"),
    "faults": "noop",
    "seed": 4,
    "rate": None,
    "duration": 2.5,
    "headers": ("A:b",),
    "runs_dir": Path("kept"),
    "yes_this_is_mine": False,
    "quiet": False,
}


def in_context(only=None):
    """A command's context, in which `--only` was given or not."""
    command = click.Command("run", params=[click.Option(["--only"], default="all")])
    return command.make_context("run", ["--only", only] if only else [])


def test_options_become_a_wish():
    """What was not given is the scenario's."""
    wish = wished("small", OPTIONS, ("chaos",))

    assert (wish.scenario.name, wish.parts, list(wish.faults)) == ("small", ("chaos",), ["noop"])
    assert (wish.seed, wish.rate_per_s, wish.duration_s) == (4, 0.0, 2.5)
    assert (wish.headers, wish.runs_dir, wish.where.jaeger) == ((("A", "b"),), Path("kept"), "none")


def test_a_node_that_the_scenario_lacks_is_said_before_anything_is_begun():
    """With those that it has."""
    with pytest.raises(
        UsageError, match=r"--node rerank: small has no such node; nodes are \['guardrail_in', 'llm'\]"
    ):
        wished("small", OPTIONS | {"nodes": ("rerank=mock",)}, ())


def test_parts_come_in_the_order_of_a_run():
    """However they were named."""
    assert parts_of("load, correctness") == ("correctness", "load")

    with pytest.raises(
        UsageError,
        match="--only load,nope: nope is no part of a run; parts are correctness, chaos, load, defects",
    ):
        parts_of("load,nope")
    with pytest.raises(UsageError, match="--only : nothing is no part of a run"):
        parts_of("")


def test_defects_are_a_part_where_they_are_asked_for_and_on_opea_comps():
    """A gateway that the harness does not start has no engine to be tried."""
    assert parts_of(None) == ("correctness", "chaos", "load")
    assert parts_of(None, "opea") == ("correctness", "chaos", "load", "defects")
    assert parts_of("defects,chaos", "reference") == ("chaos", "defects")

    with pytest.raises(UsageError, match="defects are tried on an engine that the harness starts"):
        parts_of("defects", "http://127.0.0.1:8888")


@pytest.fixture
def whole():
    """A wish for all parts."""
    return wished("small", OPTIONS, parts_of("correctness,chaos,load"))


def test_at_home_everything_is_allowed(whole):
    """And elsewhere, when the user says whose it is."""
    theirs = replace(whole, where=Where(gateway="http://10.0.0.1"))

    assert allowed(whole, OPTIONS) == whole
    assert allowed(theirs, OPTIONS | {"yes_this_is_mine": True}) == theirs


def test_on_this_machine_faults_and_load_are_left_out_and_said(whole, capsys):
    """Unless they were asked for by name; then they are refused."""
    theirs = replace(whole, where=Where(nodes={"llm": "http://127.0.0.1:9"}))
    with in_context():
        assert allowed(theirs, OPTIONS).parts == ("correctness",)
    said = capsys.readouterr().err

    assert said == (
        "http://127.0.0.1:9: was not started by the harness, so chaos and load are left out; "
        "add --yes-this-is-mine if it is yours\n"
    )
    with (
        in_context("load"),
        pytest.raises(UsageError, match="add --yes-this-is-mine if it is yours, or --only"),
    ):
        allowed(theirs, OPTIONS)


def test_on_another_machine_they_are_refused(whole):
    """Nobody's traffic leaves this machine by default."""
    theirs = replace(whole, where=Where(gateway="http://10.0.0.1"))

    with (
        in_context(),
        pytest.raises(UsageError, match=r"http://10\.0\.0\.1: chaos and load would be put on an address"),
    ):
        allowed(theirs, OPTIONS)
    with in_context("correctness"):
        assert allowed(replace(theirs, parts=("correctness",)), OPTIONS).parts == ("correctness",)


def test_faults_are_those_of_a_plain_run_or_all_or_the_named():
    """In the catalogue's order."""
    plain, everything = find_faults("default", ()), find_faults("all", ())

    assert set(plain) < set(everything)
    assert all(fault.default for fault in plain.values())
    assert list(find_faults("status-500, noop", ())) == ["noop", "status-500"]

    with pytest.raises(UsageError, match=r"nope: there is no such fault; the nearest of "):
        find_faults("noop,nope", ())
