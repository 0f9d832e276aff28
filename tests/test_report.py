"""The report's schema."""

import pytest
from pydantic import ValidationError

from harness.report import SCHEMA, Report, RunFacts

LEAST = {"run": {"id": "r", "scenario": "rag"}, "verdict": "unknown"}


def test_a_report_carries_its_schema():
    """The version stands in the document under the name `schema`."""
    report = Report(run=RunFacts(id="r", scenario="rag"), verdict="holds")

    assert report.model_dump(by_alias=True)["schema"] == SCHEMA


def test_an_older_report_loads():
    """What it lacks has defaults, what it has too much is passed over."""
    report = Report.model_validate({**LEAST, "of_another_version": 1})

    assert (report.load, report.nodes) == (None, [])


def test_a_report_knows_no_other_verdict():
    """Green by another name is refused."""
    with pytest.raises(ValidationError, match="verdict"):
        Report.model_validate({**LEAST, "verdict": "fine"})
