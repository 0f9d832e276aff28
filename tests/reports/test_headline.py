"""What a report says first."""

from harness.report import LoadFigures, VerdictRow
from reports.headline import headline, tally


def test_a_good_run_says_that_all_checks_hold(made):
    """No reasons are needed where nothing is wrong."""
    first = headline(made("holds"))

    assert (first.word, first.sentence) == ("holds", "Holds: all 125 checks do")
    assert (first.notes, first.reasons, first.more) == ((), (), 0)


def test_a_violated_run_counts_and_gives_reasons_worst_first(made):
    """Verdicts with the same reason are one reason."""
    first = headline(made("violated"))

    assert first.sentence == "Violated: 3 of 125 checks do not hold, and 1 check could not be decided"
    assert [(reason.word, reason.why) for reason in first.reasons] == [
        ("violated", "the error does not name the node"),
        ("violated", "a wrong answer was passed on as a success"),
        ("unknown", "the fault did not fire: its counter stayed 0"),
    ]
    assert first.reasons[1].subjects == "embedding"
    assert (
        first.reasons[1].checks
        == "chaos.wrong-content-type.embedding.json, chaos.wrong-content-type.embedding.stream"
    )


def test_an_unknown_run_is_never_said_to_hold(made):
    """What could not be decided is counted."""
    first = headline(made("unknown"))

    assert first.sentence == "Unknown: 1 of 126 checks could not be decided; none is violated"


def test_an_empty_run_says_that_nothing_is_proven_and_why(made):
    """The warnings are all there is, so they come first."""
    first = headline(made("empty"))

    assert first.sentence == "Unknown: nothing was judged, so nothing is proven"
    assert "cut short by a crash" in first.notes[0]
    assert first.notes[1] == "the stack did not start: port 6007 is in use"


def test_an_interrupted_run_says_so_before_its_figures(made):
    """Checks that hold do not make an interrupted run good."""
    first = headline(made("interrupted"))

    assert first.sentence == "Unknown: the run was interrupted; of what was judged, 47 checks hold"
    assert first.notes[0].startswith("The run was interrupted after 20.1 s")


def test_a_run_that_never_began_proves_nothing(made):
    """Why stands in its one reason."""
    report = made("empty")
    row = VerdictRow(
        id="run.ended", subject="harness", verdict="unknown", why="the run never began: no Docker"
    )
    run = report.run.model_copy(update={"ended": "unbegun"})
    first = headline(report.model_copy(update={"run": run, "verdicts": [row]}))

    assert first.sentence == "Unknown: the run never began, so nothing is proven"
    assert (first.notes, [each.why for each in first.reasons]) == ((), ["the run never began: no Docker"])


def test_an_invalid_load_is_noted_with_its_reason(made):
    """Figures of an instrument that could not keep up are no figures."""
    load = LoadFigures(valid=False, why_invalid="the load engine lagged 40 ms behind its schedule")

    first = headline(made("holds").model_copy(update={"load": load}))

    assert first.notes == (
        "The load's figures are not valid: the load engine lagged 40 ms behind its schedule",
    )


def test_reasons_that_differ_in_their_milliseconds_are_one(made):
    """The first is shown."""
    rows = [
        VerdictRow(id=f"a.{i}", subject="rag", verdict="violated", why=f"reset after {i}.5 ms")
        for i in range(9)
    ]
    first = headline(made("empty").model_copy(update={"verdict": "violated", "verdicts": rows}))

    assert [each.why for each in first.reasons] == ["reset after 0.5 ms"]


def test_reasons_beyond_the_first_five_are_counted(made):
    """A page of reasons is no headline."""
    rows = [
        VerdictRow(id=f"a.{i}", subject="rag", verdict="violated", expected="x", actual=f"y{i}")
        for i in range(9)
    ]

    first = headline(made("empty").model_copy(update={"verdict": "violated", "verdicts": rows}))

    assert (len(first.reasons), first.more) == (5, 4)
    assert first.reasons[0].why == "expected x, got y0"


def test_a_verdict_that_its_checks_do_not_explain_is_not_hidden(made):
    """A report that contradicts itself says so."""
    report = made("holds").model_copy(update={"verdict": "violated"})

    assert headline(report).sentence == "Violated, although none of 125 checks says so"


def test_the_tally_counts_every_word(made):
    """n/a is counted apart."""
    assert tally(made("violated")) == {"violated": 3, "unknown": 1, "holds": 121, "n/a": 26}
