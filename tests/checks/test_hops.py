"""What crossed the hops."""

import orjson
import pytest

from harness.checks.evidence import Evidence
from harness.checks.hops import judge_blocked, judge_retrieval, retrieval
from harness.history import Exchange, Op
from harness.megaservice import Megaservice, Node
from harness.scenario import Question, Scenario

GRAPH = Megaservice(
    "demo",
    "/",
    (Node("guard", "g", "/g"), Node("find", "r", "/r", ("guard",)), Node("llm", "l", "/l", ("find",))),
)
SCENARIO = Scenario(
    "demo",
    "",
    GRAPH,
    (
        Question("bad", "evil", blocked=True),
        Question("q1", "one", sources=("a",)),
        Question("q2", "two", sources=("b",)),
    ),
    retriever="find",
    ranked=lambda reply: tuple(doc["id"] for doc in reply["docs"]),
)


def exchange(node, trace, reply=None, **changes):
    text = orjson.dumps({"docs": [{"id": name} for name in reply or ()]}).decode()
    return Exchange(1, node, "POST", "/", trace_id=trace, status=200, reply=text, **changes)


def op(question, mode="json"):
    return Op(question, "correctness", question, mode, trace_id=question)


def evidence(exchanges, ops=None, **unseen):
    return Evidence.of(SCENARIO, ops or [op("bad"), op("q1"), op("q2")], exchanges, unseen)


def test_a_blocked_prompt_that_stops_at_the_guardrail_holds():
    """The guardrail was asked and nothing behind it."""
    assert judge_blocked(evidence([exchange("guard", "bad")])).verdict == "holds"


def test_a_blocked_prompt_that_goes_on_is_violated():
    """The nodes that it reached are named."""
    verdict = judge_blocked(evidence([exchange("guard", "bad"), exchange("llm", "bad")]))

    assert (verdict.verdict, verdict.why) == ("violated", "bad: the blocked prompt went on to ['llm']")


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (evidence([]), "bad: no exchange with guard was seen"),
        (evidence([], [op("q1")]), "no such question was asked"),
        (evidence([], guard="no wires"), "no wires"),
        (evidence([exchange("guard", "bad")], find="no journal", llm="no wires"), "no journal"),
    ],
)
def test_what_was_not_seen_to_stop_is_unknown(seen, why):
    """A guardrail nobody asked has stopped nothing."""
    verdict = judge_blocked(seen)

    assert (verdict.verdict, verdict.why) == ("unknown", why)


def test_recall_and_mrr_have_their_known_values():
    """One found first, one found second: recall 1, mean reciprocal rank 3/4."""
    figures = retrieval(evidence([exchange("find", "q1", ["a", "x"]), exchange("find", "q2", ["x", "b"])]))

    assert (figures.recall_at_k, figures.mrr, figures.questions) == (1.0, 0.75, 2)


def test_a_retriever_that_misses_is_violated():
    """Half found is below both objectives."""
    verdicts = judge_retrieval(evidence([exchange("find", "q1", ["a"]), exchange("find", "q2", ["x"])]))

    assert [(each.verdict, each.actual) for each in verdicts] == [
        ("violated", "0.500"),
        ("violated", "0.500"),
    ]


@pytest.mark.parametrize(
    ("exchanges", "why"),
    [
        ([exchange("find", "q1", ["a"])], "q2: no good reply of find was recorded"),
        (
            [exchange("find", "q1", ["a"]), exchange("find", "q2", ["b"], fault="latency-300ms")],
            "no good reply of find",
        ),
        (
            [
                exchange("find", "q1", ["a"]),
                Exchange(1, "find", "POST", "/", "q2", status=200, reply='{"do', reply_bytes=9000),
            ],
            "q2: the reply of find could not be read (9000 bytes; its start is kept)",
        ),
    ],
)
def test_replies_that_cannot_be_read_leave_it_unknown(exchanges, why):
    """A missing, faulted or cut reply is no evidence."""
    verdicts = judge_retrieval(evidence(exchanges))

    assert {each.verdict for each in verdicts} == {"unknown"}
    assert why in verdicts[0].why
