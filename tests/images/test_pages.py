"""The pages of the checks: one for each kind that any comp is checked with, as they stand in `docs/checks/`."""

import subprocess
from pathlib import Path

import pytest

from harness.contract.verifier import checks
from harness.discovery import COMP, discover
from harness.images import boot, configuration, life, stopping
from harness.images.pages import INDEX, KINDS, pages, write

FOLDER = Path(__file__).parents[2] / "docs" / "checks"


def test_every_kind_of_check_has_a_page():
    """Of all comps that there are, and of images; and no page is of a kind that nobody is checked with."""
    used = {check.kind.name for comp in discover(COMP).values() for check in checks(comp)}

    of_images = {kind.name for module in (configuration, boot, life, stopping) for kind in module.KINDS}

    assert used | of_images == set(KINDS)


def test_the_pages_are_those_that_the_checks_write():
    """`python -m harness.images.pages docs/checks` writes them again."""

    assert {path.name: path.read_text() for path in FOLDER.glob("*")} == pages()


def test_the_index_names_every_page():
    """By level."""
    index = pages()[INDEX]

    assert all(f"[`{kind.name}`]({kind.page})" in index for kind in KINDS.values())


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_is_to_be_typed_is_shell(kind):
    """A real shell can read it."""
    done = subprocess.run(
        ["sh", "-n"], input=kind.by_hand, text=True, capture_output=True, timeout=10, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert kind.why
    assert kind.fix


def test_a_page_whose_kind_is_gone_is_removed(tmp_path):
    """So that the folder holds what there is."""
    (tmp_path / "gone.md").write_text("x")
    write(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == set(pages())
