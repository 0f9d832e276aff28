"""Cases of graphs."""

from harness.defects.joining import FLOWS, LATE_VETO, PATTERNS, renamed
from harness.defects.witness import Answer, Call, Witness


def test_the_hook_changes_what_it_is_given():
    """A second node that is given the same dictionary finds no text."""
    inputs = {"text": "hello"}

    assert renamed(inputs) is inputs
    assert inputs == {"query": "hello"}


def test_two_answers_are_held_against_each_other():
    """Both must be good, of the same nodes."""
    (case,) = LATE_VETO.cases
    one, other = Answer(200, body=b'{"veto": 1, "other": 2}'), Answer(200, body=b'{"join": 1}')

    assert case.expects.met(Witness([one, one]))
    assert not case.expects.met(Witness([one, other]))
    assert not case.expects.met(Witness([one, Answer(500, body=b'{"veto": 1, "other": 2}')]))


def test_who_is_called_is_judged():
    """Just those that are not vetoed, and they are told."""
    case = PATTERNS.cases[0]
    guard, judge, model = (Call(name, {}, None) for name in ("guard", "llm_judge", "llm"))
    both = Witness([Answer(200, "text/plain", b"x")], [guard, judge, model])

    assert case.expects.met(Witness(both.answers, [guard, judge]))
    assert not case.expects.met(both)
    assert case.expects.saw(both) == "200, x; called: llm_judge, llm"


def test_a_graph_that_cannot_be_is_refused():
    """A graph that was built is what is wrong."""
    (case, _) = FLOWS.cases

    assert case.expects.met(Witness(refused="CycleError: a, b"))
    assert not case.expects.met(Witness())
    assert case.expects.saw(Witness()) == "built without a word"
