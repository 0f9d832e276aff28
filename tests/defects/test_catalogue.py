"""The numbered defects, one test each: they are in opea-comps 1.5, and not in ours."""

from pathlib import Path

import pytest

from harness.defects.catalogue import DEFECTS, NOTED
from tests.defects.symptoms import SYMPTOMS

DIFFERENCES = Path(__file__).resolve().parents[2] / "docs" / "differences.md"
every_defect = pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect.number:02}")


def told(verdicts):
    return [f"{each.id}: should: {each.expected}; saw: {each.actual}" for each in verdicts]


@every_defect
def test_ours_does_not_have_it(defect, ours):
    """In every case of the defect the caller sees what it should."""
    verdicts = ours.verdicts(defect)

    assert [each.verdict for each in verdicts] == ["holds"] * len(defect.cases), told(verdicts)


@pytest.mark.needs("opea")
@every_defect
def test_opea_comps_has_it(defect, theirs):
    """In every case of the defect the caller of the real thing sees something else, which is the defect's own symptom."""
    verdicts = theirs.verdicts(defect)
    others = [
        each.actual
        for case, each in zip(defect.cases, verdicts, strict=True)
        if SYMPTOMS[case.slug] not in each.actual
    ]

    assert [each.verdict for each in verdicts] == ["violated"] * len(defect.cases), told(verdicts)
    assert others == []


def test_all_of_them_are_here():
    """Each has cases or a reason why it has none, and no case shares its name."""
    slugs = [case.slug for defect in DEFECTS for case in defect.cases]

    assert sorted([*(defect.number for defect in DEFECTS), *NOTED]) == list(range(1, 32))
    assert all(defect.cases for defect in DEFECTS)
    assert sorted(slugs) == sorted(SYMPTOMS)


def test_all_of_them_are_written_down():
    """In the page that people read, with their cases or the reason why there are none."""
    rows = [
        f"| {defect.number} | {defect.says} | {', '.join(f'`{case.slug}`' for case in defect.cases)} |"
        for defect in DEFECTS
    ]
    rows += [f"| {number} | {why} | - |" for number, why in NOTED.items()]
    written = DIFFERENCES.read_text().splitlines()

    assert [row for row in rows if row not in written] == []
