"""What the checks look at."""

from harness.checks.evidence import Evidence
from harness.history import Exchange, Op
from harness.megaservice import Megaservice, Node
from harness.scenario import Question, Scenario

SCENARIO = Scenario(
    "demo", "", Megaservice("demo", "/", (Node("llm", "llms", "/"),)), (Question("q", "When?"),)
)


def test_exchanges_belong_to_the_request_of_their_trace():
    """The trace id joins the two."""
    op = Op("1", "correctness", "q", "json", trace_id="a" * 32)
    mine = Exchange(1, "llm", "POST", "/", trace_id="a" * 32)
    other = Exchange(2, "llm", "POST", "/", trace_id="b" * 32)

    assert Evidence.of(SCENARIO, [op], [mine, other]).hops(op) == (mine,)


def test_without_a_trace_text_and_time_join_them():
    """A gateway that sends no trace context on is seen all the same."""
    op = Op("1", "correctness", "q", "json", trace_id="a" * 32, sent_ns=10, ended_ns=20)
    inside = Exchange(1, "llm", "POST", "/", began_ns=15, request='{"q": "When?"}')
    late = Exchange(2, "llm", "POST", "/", began_ns=25, request='{"q": "When?"}')
    evidence = Evidence.of(SCENARIO, [op], [inside, late])

    assert evidence.hops(op, "When?") == (inside,)
    assert evidence.hops(op, "Where?") == ()
    assert evidence.hops(op) == ()


def test_a_trace_that_a_hop_began_is_no_requests():
    """The wire begins a trace where the gateway handed none on; such an exchange is told by its time."""
    mine = Op("1", "chaos", "q", "json", trace_id="a" * 32, sent_ns=10, ended_ns=20)
    others = Op("2", "chaos", "q", "json", trace_id="b" * 32, sent_ns=10, ended_ns=20)
    stray = Exchange(1, "llm", "POST", "/", trace_id="c" * 32, began_ns=15, request="When?")
    theirs = Exchange(2, "llm", "POST", "/", trace_id="b" * 32, began_ns=15, request="When?")
    evidence = Evidence.of(SCENARIO, [mine, others], [stray, theirs])

    assert evidence.strays == (stray,)
    assert evidence.meanwhile(mine) == (stray,)
    assert evidence.hops(mine, "When?") == (stray,)


def test_a_part_holds_its_requests_alone():
    """Load requests say nothing about correctness."""
    ops = [Op("1", "load", "q", "json"), Op("2", "calm", "q", "json")]

    assert Evidence.of(SCENARIO, ops, []).part("calm") == (ops[1],)


def test_what_the_end_of_a_run_cut_off_is_in_no_part_unless_it_is_wanted():
    """It has no answer that could be wrong."""
    whole, cut = (
        Op("1", "correctness", "q", "json"),
        Op("2", "correctness", "q", "json", error="unfinished"),
    )
    evidence = Evidence.of(SCENARIO, [whole, cut], [])

    assert evidence.part("correctness") == (whole,)
    assert evidence.part("correctness", cut_off=True) == (whole, cut)
