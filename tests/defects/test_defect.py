"""A defect as data."""

from harness.defects.defect import Ask, Case, Defect, Node
from harness.defects.expectations import tells


def test_a_case_is_named_by_number_and_slug():
    """The number has two digits, so that names sort."""
    nodes = (Node("llm", None, service_type="LLM"),)
    case = Case("gone", "is not there", "llm", nodes, (Ask(),), tells("hi"))

    assert Defect(2, "nobody says so", (case,)).name(case) == "defect.02.gone"
