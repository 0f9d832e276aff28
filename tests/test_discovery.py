"""Finding comps, scenarios and faults in folders."""

from pathlib import Path

import pytest

from harness.discovery import COMP, FAULT, SCENARIO, discover
from harness.errors import ContractError, ScenarioError, UsageError

COMP_FILE = """
from harness.comp import Comp
COMPS = (Comp({id!r}, "title", 1, ()),)
"""


def test_the_bundled_comps_scenarios_and_faults_are_found():
    """What ships is there without a list."""
    assert "embeddings" in discover(COMP)
    assert "rag" in discover(SCENARIO)
    assert "noop" in discover(FAULT)


def test_a_folder_of_ones_own_adds_to_them(tmp_path):
    """A file that defines the constant is all it takes."""
    (tmp_path / "mine.py").write_text(COMP_FILE.format(id="mine"))

    assert "mine" in discover(COMP, (tmp_path,))


@pytest.mark.parametrize("name", ["comps", "mocks"])
def test_a_folder_may_have_a_folder_for_each_kind(tmp_path, name):
    """Then every file in it must define its constant; the bundled comps stand in `mocks`."""
    (tmp_path / name).mkdir()
    (tmp_path / name / "mine.py").write_text("X = 1")

    with pytest.raises(
        ContractError, match=name + r"/mine\.py: defines no COMPS; a file there defines a tuple of Comp"
    ):
        discover(COMP, (tmp_path,))


@pytest.mark.parametrize("kind", [COMP, SCENARIO, FAULT], ids=lambda kind: kind.constant)
def test_a_file_that_defines_none_of_the_three_is_named(tmp_path, kind):
    """It was meant to be one of them; what others import has an underscore before its name."""
    (tmp_path / "_shared.py").write_text("X = 1")
    discover(kind, (tmp_path,))
    (tmp_path / "mine.py").write_text("COMP = 1")

    with pytest.raises(kind.error, match=r"mine\.py: defines none of COMPS, SCENARIOS and FAULTS"):
        discover(kind, (tmp_path,))


def test_an_id_found_twice_names_both_files(tmp_path):
    """Neither of the two wins silently."""
    (tmp_path / "mine.py").write_text(COMP_FILE.format(id="embeddings"))

    with pytest.raises(
        ContractError,
        match=r"embeddings: defined twice, in .*mine\.py and in .*embeddings.*; ids must differ",
    ):
        discover(COMP, (tmp_path,))


def test_an_item_of_a_wrong_type_is_shown(tmp_path):
    """The constant holds comps and nothing else."""
    (tmp_path / "mine.py").write_text("COMPS = ('x',)")

    with pytest.raises(ContractError, match="COMPS holds 'x', which is no Comp"):
        discover(COMP, (tmp_path,))


def test_a_broken_file_is_named_with_its_line(tmp_path):
    """What Python says, where it said it, and no traceback."""
    (tmp_path / "broken.py").write_text("import os\n\nSCENARIOS = (nope,)\n")

    with pytest.raises(ScenarioError, match=r"broken\.py:3: NameError: name 'nope' is not defined"):
        discover(SCENARIO, (tmp_path,))


def test_a_file_that_ends_the_program_does_not_end_ours(tmp_path):
    """It would look as if all had gone well."""
    (tmp_path / "broken.py").write_text("import sys\n\nsys.exit(0)\n")

    with pytest.raises(ScenarioError, match=r"broken\.py:3: SystemExit: 0"):
        discover(SCENARIO, (tmp_path,))


def test_a_syntax_error_is_named_with_its_line(tmp_path):
    """A file that cannot even be read as Python."""
    (tmp_path / "broken.py").write_text("x = 1\nSCENARIOS = (\n")

    with pytest.raises(ScenarioError, match=r"broken\.py:2: SyntaxError"):
        discover(SCENARIO, (tmp_path,))


def test_a_path_that_is_no_folder_is_said(tmp_path):
    """--path takes folders."""
    with pytest.raises(UsageError, match="is no folder; --path takes one"):
        discover(FAULT, (tmp_path / "none",))


def test_what_is_no_tuple_is_said(tmp_path):
    """A single scenario where a tuple belongs is shown."""
    (tmp_path / "one.py").write_text("SCENARIOS = 5")

    with pytest.raises(ScenarioError, match=r"one\.py: SCENARIOS is 5, no tuple of Scenario"):
        discover(SCENARIO, (tmp_path,))


def test_a_graph_that_makes_no_sense_is_named_with_its_line(tmp_path, monkeypatch):
    """Also where the folder was given relative to the current one."""
    (tmp_path / "graph.py").write_text(
        "from harness.megaservice import Megaservice\n\nSCENARIOS = (Megaservice('m', '/', ()),)\n"
    )
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ScenarioError, match=r"^graph\.py:3: m: the graph has no node"):
        discover(SCENARIO, (Path(),))


def test_a_broken_fault_file_is_a_wrong_use(tmp_path):
    """As a comp's or a scenario's is."""
    (tmp_path / "fault.py").write_text("FAULTS = (1 / 0,)")

    with pytest.raises(UsageError, match=r"fault\.py:1: ZeroDivisionError: division by zero"):
        discover(FAULT, (tmp_path,))
