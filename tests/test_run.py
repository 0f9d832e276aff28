"""A run's folder."""

import shutil
from datetime import UTC, datetime

import pytest

from harness.errors import StackError, UsageError
from harness.history import Op
from harness.report import GraphNode, Machine
from harness.run import Cell, Plan, Run, find_run, retain, run_id


def plan(name="20261122T000000.000000Z-rag-nogit"):
    return Plan(
        id=name,
        scenario="rag",
        says="",
        gateway="reference",
        seed=1,
        parts=["load"],
        rate_per_s=1,
        duration_s=1,
        started="2026-11-22T00:00:00Z",
        began_ns=0,
        git="",
        command="opea-harness run rag",
        machine=Machine(),
        graph=[GraphNode(name="llm", comp="llms", path="/")],
    )


def test_a_run_is_read_back_as_it_was_written(tmp_path):
    """Plan, history and cells are on disk at once, and `latest` points at them."""
    run = Run.create(tmp_path, plan())
    op, cell = Op("1", "load", "q1", "json"), Cell("noop", "llm", "json", "same", control=True)
    run.add(op)
    run.add_cell(cell)

    again = Run.open(tmp_path / "latest")

    assert (again.plan, again.ops, again.cells) == (plan(), [op], [cell])
    run.close()


def test_a_run_that_never_came_to_say_how_it_ended_crashed(tmp_path):
    """Only facts.json says otherwise."""
    run = Run.create(tmp_path, plan())
    run.close()

    assert run.facts == {"ended": "crashed"}

    run.write("facts.json", {"ended": "complete"})

    assert run.facts == {"ended": "complete"}


def test_a_run_that_is_discarded_leaves_latest_at_the_one_before(tmp_path):
    """Or nowhere, where there was none; another run that is the newest stays so."""
    runs = [Run.create(tmp_path, plan(f"2026112{day}T000000.000000Z-rag-nogit")) for day in (1, 2, 3)]
    for run in runs:
        run.close()
    runs[1].discard()

    assert (tmp_path / "latest").resolve() == runs[2].path

    runs[2].discard()

    assert (tmp_path / "latest").resolve() == runs[0].path

    runs[0].discard()

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_a_usage_error(tmp_path):
    """The sentence names the folder and the option."""
    (tmp_path / "file").write_text("")

    with pytest.raises(
        UsageError, match=r"file: the run cannot be written there .*; --runs-dir names a folder that can be"
    ):
        Run.create(tmp_path / "file", plan())


def test_a_folder_that_is_taken_away_meanwhile_is_named(tmp_path):
    """Or is full: the sentence says what is needed, and nothing half written stays."""
    run = Run.create(tmp_path / "runs", plan())
    run.close()
    shutil.rmtree(run.path)

    with pytest.raises(StackError, match=r"facts\.json: cannot be written \(No such file .*and have room"):
        run.write("facts.json", {})


def test_a_folder_that_is_no_run_is_a_usage_error(tmp_path):
    """It says what a run's folder is."""
    with pytest.raises(
        UsageError, match=r"holds no plan\.json; a run's folder is what `opea-harness run` leaves"
    ):
        Run.open(tmp_path)


def test_a_damaged_plan_names_its_field(tmp_path):
    """The file, the field, and what is wrong with it."""
    (tmp_path / "plan.json").write_text('{"id": 5}')

    with pytest.raises(UsageError, match=r"plan\.json: id: Input should be a valid string"):
        Run.open(tmp_path)


def test_a_run_is_found_by_path_or_by_id(tmp_path):
    """Both name the same folder."""
    run = Run.create(tmp_path, plan())
    run.close()

    assert find_run(str(run.path), tmp_path / "elsewhere").plan == run.plan
    assert find_run(plan().id, tmp_path).plan == run.plan


def test_a_run_that_is_not_there_is_said(tmp_path):
    """Where it was looked for stands in the sentence."""
    with pytest.raises(UsageError, match="nope: there is no such run, neither as a path nor under"):
        find_run("nope", tmp_path)


def test_only_the_oldest_runs_beyond_the_limit_go(tmp_path):
    """Folders that are no runs stay."""
    for second in range(4):
        Run.create(tmp_path, plan(f"2026112{second}T000000.000000Z-rag-nogit")).close()
    (tmp_path / "notes").mkdir()

    gone = retain(tmp_path, 2)

    assert [path.name[:8] for path in gone] == ["20261120", "20261121"]
    assert max(path.name for path in tmp_path.iterdir() if not path.is_symlink()) == "notes"


def test_a_runs_name_sorts_by_time_and_says_what_it_is():
    """Time, scenario, commit."""
    now = datetime(2026, 11, 22, 1, 2, 3, 4, tzinfo=UTC)

    assert run_id("rag", "", now) == "20261122T010203.000004Z-rag-nogit"


def test_a_cells_id_names_fault_node_and_mode():
    """It is the end of the check's id."""
    assert Cell("status-500", "llm", "stream", "error").id == "status-500.llm.stream"
