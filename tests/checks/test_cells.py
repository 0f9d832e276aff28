"""What came of each fault."""

import pytest

from harness.checks.cells import expectation, judge_cells, judge_recovery, seen
from harness.checks.evidence import Evidence
from harness.history import Exchange, Op
from harness.megaservice import Megaservice, Node
from harness.run import Cell
from harness.scenario import Question, Scenario

MS = 1_000_000
GRAPH = Megaservice("demo", "/", (Node("find", "r", "/r"), Node("llm", "l", "/l", ("find",))))
SCENARIO = Scenario("demo", "", GRAPH, (Question("q", "When?"),))
PROBLEM = {"node": "find", "kind": "upstream_5xx"}


def cell(**changes):
    made = Cell("status-500", "find", "json", "error", [502], ["upstream_5xx"], fired=1, lifted=True)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def op(part="chaos", at="status-500.find.json", **changes):
    made = Op(
        f"{part}-{at}",
        part,
        "q",
        "json",
        cell=at,
        trace_id=at,
        sent_ns=0,
        ended_ns=10 * MS,
        status=200,
        text="Nine.",
    )
    for name, value in changes.items():
        setattr(made, name, value)
    return made


FAILED = {"status": 502, "text": "", "error": "status", "problem": PROBLEM}
CALM = [op("calm", "baseline"), *(op("calm", "recovery") for _ in range(10))]


def judged(the_cell, *ops, exchanges=(), calm=CALM):
    evidence = Evidence.of(SCENARIO, [*calm, *ops], exchanges)
    return judge_cells(evidence, [the_cell], {"find": 1.0})[0]


def test_a_fault_answered_by_an_error_that_names_the_node_holds():
    """502, the node, the kind, and all well afterwards."""
    verdict = judged(cell(), op(**FAILED), op(at="status-500.find.json/after"))

    assert (verdict.verdict, verdict.id) == ("holds", "chaos.status-500.find.json")
    assert verdict.actual == "502 upstream_5xx at find"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"text": ""}, "HTTP 200 with an empty answer"),
        ({}, "HTTP 200 with a partial or wrong answer"),
        ({**FAILED, "problem": None, "status": 500}, "an error that names no node: 500 status"),
        ({**FAILED, "problem": {**PROBLEM, "node": "llm"}}, "the error names 'llm', the fault was on 'find'"),
        ({**FAILED, "problem": {**PROBLEM, "kind": "reset"}}, "kind is 'reset', expected upstream_5xx"),
        ({**FAILED, "status": 500}, "status is 500, expected 502"),
        ({**FAILED, "ended_ns": 9_000 * MS}, "it took 9000 ms; find may take 1000 ms"),
        (
            {"error": "error_event", "problem": PROBLEM, "ended": True},
            "the stream failed and yet carries its end mark",
        ),
    ],
)
def test_each_way_of_hiding_a_failure_is_violated(changes, why):
    """What the caller saw stands beside what should have been seen."""
    verdict = judged(cell(), op(**changes))

    assert verdict.verdict == "violated"
    assert why in verdict.why
    assert verdict.expected == "an error that names find, 502, upstream_5xx"


def test_an_error_event_in_a_stream_that_had_begun_holds():
    """The status was already sent; the event says what happened."""
    assert judged(cell(), op(error="error_event", problem=PROBLEM)).verdict == "holds"


def test_asking_the_nodes_behind_a_failed_one_is_violated():
    """Poison is not passed on."""
    poisoned = Exchange(1, "llm", "POST", "/l", trace_id="status-500.find.json")
    verdict = judged(cell(), op(**FAILED), exchanges=[poisoned])

    assert (verdict.verdict, verdict.why) == ("violated", "find failed and yet ['llm'] were asked")


def test_what_does_not_recover_is_violated():
    """The next request, with the fault gone, is to be answered."""
    verdict = judged(cell(), op(**FAILED), op(at="status-500.find.json/after", **FAILED))

    assert (verdict.verdict, verdict.why[:29]) == ("violated", "after the fault was gone: the")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"fired": 0}, "the fault did not fire: its counter is 0"),
        ({"fired": None}, "the fault's counter could not be read"),
        ({"lifted": False}, "the fault was not read back as gone"),
        ({"problem": "find: its wire does not answer"}, "find: its wire does not answer"),
    ],
)
def test_a_fault_without_witness_is_unknown(changes, why):
    """A fault that did not fire has proven nothing, whatever the answer was."""
    verdict = judged(cell(**changes), op(**FAILED))

    assert (verdict.verdict, verdict.why) == ("unknown", why)


def test_a_cell_without_request_or_baseline_is_unknown():
    """There is nothing to judge, or nothing to compare with."""
    assert judged(cell()).why == "no request was sent under the fault"
    assert judged(cell(), op(**FAILED), calm=[]).why == "the question has no calm answer to compare with"


def test_a_fault_that_makes_no_sense_there_is_not_counted():
    """Its reason is said."""
    verdict = judged(cell(unfit="find does not stream"))

    assert (verdict.verdict, verdict.why) == ("n/a", "find does not stream")


def test_the_control_holds_only_while_its_counter_is_0():
    """A control that fires shows that the harness itself is at fault."""
    control = {"control": True, "outcome": "same", "statuses": [], "kinds": []}

    assert judged(cell(**control, fired=0), op()).verdict == "holds"
    assert judged(cell(**control, fired=1), op()).why == "the control fired 1 times; it must do nothing"


def test_a_delay_is_judged_at_the_hop():
    """The hop's own time counts, not the noisy end to end; too short a time means that the fault did nothing."""
    late = cell(fault="latency-300ms", outcome="slower", slower_ms=300.0, statuses=[], kinds=[])
    hop = {
        "node": "find",
        "method": "POST",
        "path": "/r",
        "trace_id": "latency-300ms.find.json",
        "fault": "latency-300ms",
    }
    slow, quick = (Exchange(1, **hop, began_ns=0, ended_ns=took * MS) for took in (301, 45))

    assert judged(late, op(at=late.id), exchanges=[slow]).verdict == "holds"
    assert (
        judged(late, op(at=late.id), exchanges=[quick]).why
        == "the hop took 45 ms, less than the fault's 300 ms"
    )


def test_a_delay_that_left_no_trace_at_the_hop_is_unknown():
    """Nothing was seen to be slower."""
    late = cell(fault="latency-300ms", outcome="slower", slower_ms=300.0, statuses=[], kinds=[])

    assert judged(late, op(at=late.id)).verdict == "unknown"


def test_a_different_answer_as_success_is_violated():
    """The un-faulted text is what counts."""
    same = cell(outcome="same", statuses=[], kinds=[])

    assert "a different answer as success: 'Ten.'" in judged(same, op(text="Ten.")).why


def test_either_accepts_the_answer_or_the_error_and_nothing_else():
    """A wrong answer as success is never accepted."""
    either = cell(outcome="either")

    assert judged(either, op()).verdict == "holds"
    assert judged(either, op(**FAILED)).verdict == "holds"
    assert judged(either, op(text="Ten.")).verdict == "violated"


def test_recovery_wants_ten_answers_in_a_row():
    """Fewer are unknown, a failed one is violated."""
    good = Evidence.of(SCENARIO, CALM, [])
    few = Evidence.of(SCENARIO, CALM[:5], [])
    bad = Evidence.of(SCENARIO, [*CALM[:-1], op("calm", "recovery", **FAILED)], [])

    assert [judge_recovery(each).verdict for each in (good, few, bad)] == ["holds", "unknown", "violated"]


def test_expectations_are_said_in_words():
    """The table shows them beside what was seen."""
    assert expectation(cell(control=True)) == "nothing: the control never fires"
    assert expectation(cell(outcome="slower", slower_ms=300.0)) == "the same answer, 300 ms later"
    assert (
        expectation(cell(outcome="either"))
        == "the same answer, or an error that names find, 502, upstream_5xx"
    )
    assert seen([]) == "nothing"


def killed(**changes):
    """A cell of a container that no node runs in, and what its caller saw."""
    at = {"fault": "container-killed", "node": "store", "hop": "find", "action": "kill", "outcome": "either"}
    said = {"witness": "exited with code 137", "struck_ns": 5 * MS, "ended_ns": 20 * MS}
    return cell(**{**at, **said, "statuses": [], "kinds": [], **changes})


AT = "container-killed.store.json"
MET = Exchange(1, "find", "POST", "/r", trace_id=AT)


def test_what_befell_a_container_is_told_with_its_recovery():
    """The engine's words, the caller's, and how long after the container was back all was well; the error names the node."""
    recovering = [op(at=f"{AT}/after", **FAILED), op(at=f"{AT}/after", ended_ns=120 * MS)]
    verdict = judged(killed(), op(at=AT, **FAILED), *recovering, exchanges=[MET])

    assert (verdict.verdict, verdict.expected) == ("holds", "the same answer, or an error that names find")
    assert verdict.actual == "exited with code 137: 502 upstream_5xx at find; right again after 100 ms"


@pytest.mark.parametrize(
    ("changes", "exchanges", "why"),
    [
        ({}, [], "no exchange of find met the fault, so what it did is not known"),
        ({"struck_ns": 10 * MS}, [MET], "no request was sent under the fault"),
        (
            {"fired": 0},
            [MET],
            "the fault did not last: the container was exited with code 137 before the answer and no longer after it",
        ),
    ],
)
def test_a_container_whose_fault_nobody_met_proves_nothing(changes, exchanges, why):
    """Neither is an answer that was there before the fault, nor one after which the engine no longer said so."""
    verdict = judged(killed(**changes), op(at=AT, **FAILED), exchanges=exchanges)

    assert (verdict.verdict, verdict.why) == ("unknown", why)


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (FAILED, "after the fault was gone: the request failed: 502 upstream_5xx at find"),
        (
            {"ended_ns": 190_000 * MS},
            "it took 189980 ms until all was well again; it may take 180 s",
        ),
    ],
)
def test_a_container_after_which_nothing_is_well_is_violated(after, why):
    """It is asked until it is answered, for a time."""
    verdict = judged(killed(), op(at=AT, **FAILED), op(at=f"{AT}/after", **after), exchanges=[MET])

    assert (verdict.verdict, verdict.why) == ("violated", why)


def test_a_container_after_which_nobody_asked_is_unknown():
    """A question that the end of the run cut short is none."""
    cut = op(at=f"{AT}/after", status=0, text="", error="unfinished", ended_ns=0)
    verdict = judged(killed(), op(at=AT, **FAILED), cut, exchanges=[MET])

    assert (verdict.verdict, verdict.why) == ("unknown", "nobody asked again after it was taken back")


def test_a_wrong_answer_without_a_container_is_violated():
    """That a database is gone excuses no empty answer."""
    verdict = judged(killed(), op(at=AT, text=""), op(at=f"{AT}/after"), exchanges=[MET])

    assert (verdict.verdict, verdict.why[:29]) == ("violated", "HTTP 200 with an empty answer")


END = "gateway-terminated.gateway.json"


def ended(witness="ended with code 0", exchanges=None, **changes):
    """What is said of a gateway that was to end at 5 ms, of one answer that had begun and one that had not."""
    the_cell = killed(
        fault="gateway-terminated",
        node="gateway",
        hop="",
        action="terminate",
        outcome="same",
        witness=witness,
    )
    begun = Exchange(1, "find", "POST", "/r", trace_id=END, began_ns=2 * MS)
    late = op(at=END, trace_id="late", sent_ns=6 * MS, status=0, text="", error="refused")
    after = op(at=f"{END}/after", ended_ns=30 * MS)
    crossed = [begun] if exchanges is None else exchanges
    return judged(the_cell, op(at=END, **changes), late, after, exchanges=crossed)


def test_a_gateway_that_ends_in_good_order_answers_first():
    """Whoever comes later may be refused."""
    verdict = ended()

    assert (verdict.verdict, verdict.actual) == (
        "holds",
        "ended with code 0: 200, an answer; right again after 10 ms",
    )
    assert verdict.expected == "the same answer for all whose answer had begun, and an end in good order"


@pytest.mark.parametrize(
    ("how", "word", "why"),
    [
        ({"status": 0, "text": "", "error": "reset"}, "violated", "the request failed: no reply reset"),
        (
            {"witness": "ended with code 1"},
            "violated",
            "gateway ended with code 1 after SIGTERM; right is one of",
        ),
        ({"witness": "runs on 15 s"}, "violated", "gateway runs on 15 s after SIGTERM"),
        ({"exchanges": []}, "unknown", "no request was sent under the fault"),
    ],
)
def test_a_gateway_that_drops_who_waits_or_ends_badly_is_violated(how, word, why):
    """Where nobody was being answered nothing is proven."""
    verdict = ended(**how)

    assert (verdict.verdict, verdict.why[: len(why)]) == (word, why)
