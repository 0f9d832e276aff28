"""Two runs side by side."""

from harness.report import LoadFigures, Machine
from reports.compare import CAVEAT, compare


def test_two_runs_of_one_kind_are_a_table_of_differences(made):
    """Differences are stated, and nothing is claimed of them."""
    a, b = made("holds"), made("holds")
    slower = [row.model_copy(update={"client_ms_p50": (row.client_ms_p50 or 0) + 40}) for row in b.nodes]

    found = compare(a, b.model_copy(update={"nodes": slower}))

    assert found.refusals == ()
    assert found.table.note == CAVEAT
    row = next(row for row in found.table.rows if row[0] == "rerank client_ms_p50")
    assert row[1:4] == (21.7, 61.7, 40.0)


def test_runs_of_different_machines_are_refused_naming_what_differs(made):
    """A difference of machines is no difference of code."""
    a = made("holds")
    b = a.model_copy(update={"machine": Machine(cpu="Another CPU", cores=8)})

    found = compare(a, b)

    assert "the machine's cpu differs: Example CPU at 2.4 GHz and Another CPU" in found.refusals
    assert found.table.rows == ()
    assert found.table.note.startswith("Refused: ")


def test_other_scenarios_and_rates_are_refused(made):
    """What was asked must be the same."""
    a = made("holds")
    run = a.run.model_copy(update={"scenario": "chatqna"})
    load = a.load.model_copy(update={"rate_asked": 40.0})

    refusals = compare(a, a.model_copy(update={"run": run, "load": load})).refusals

    assert refusals == ("the scenario differs: rag and chatqna", "the rate asked differs: 20.0 and 40.0")


def test_interrupted_runs_and_invalid_loads_are_refused(made):
    """Half a run is no run to hold another against."""
    a = made("holds")
    run = a.run.model_copy(update={"ended": "interrupted"})
    load = LoadFigures(rate_asked=20.0, valid=False, why_invalid="it lagged")

    refusals = compare(a, a.model_copy(update={"run": run, "load": load})).refusals

    assert refusals == (
        "b is interrupted; only complete runs are compared",
        "the load of b is not valid: it lagged",
    )


def test_a_figure_that_one_run_lacks_has_no_difference(made):
    """The reason stands in its place."""
    a, b = made("holds"), made("holds")
    bare = [row.model_copy(update={"client_ms_p50": None}) for row in b.nodes]

    row = next(
        row
        for row in compare(a, b.model_copy(update={"nodes": bare})).table.rows
        if row[0] == "llm client_ms_p50"
    )

    assert row[3].word == "not known"
