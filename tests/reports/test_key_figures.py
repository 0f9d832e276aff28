"""The figures right under the verdict."""

from reports.key_figures import key_figures
from reports.wording import Missing


def test_the_figures_are_those_of_the_report(made):
    """Unrounded, with their counts in words."""
    report = made("violated")
    found = {figure.name: figure for figure in key_figures(report)}

    assert found["Response under load, p50"].value == report.load.response_ms.p50
    assert found["Response under load, p50"].context.endswith("n=597")
    assert found["Goodput"].value == 19.71
    assert found["Largest share of the critical path"].unit == "llm"
    assert (
        found["Faults weathered as they should be"].value,
        found["Faults weathered as they should be"].unit,
    ) == (90, "of 94 cells")
    assert found["Found in the traces"].value == 879 / 880


def test_what_was_not_measured_is_missing_with_its_reason(made):
    """No figure of an empty run is zero."""
    for figure in key_figures(made("empty")):
        assert isinstance(figure.value, Missing), figure
        assert figure.context


def test_a_critical_path_of_too_few_traces_is_withheld(made):
    """The reason is the coverage."""
    figure = next(each for each in key_figures(made("unknown")) if each.name.startswith("Largest"))

    assert isinstance(figure.value, Missing)
    assert figure.value.word == "withheld"
    assert "figures need 0.99" in figure.context
