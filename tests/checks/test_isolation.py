"""Whose answer is it?"""

from dataclasses import replace

import pytest

from harness.checks.evidence import Evidence
from harness.checks.isolation import judge_isolation, nonces
from harness.history import Op
from harness.megaservice import Megaservice, Node
from harness.scenario import Question, Scenario

SCENARIO = Scenario(
    "demo", "", Megaservice("demo", "/", (Node("llm", "llms", "/"),)), (Question("q", "When?"),)
)


def judged(texts, **changes):
    ops = [
        Op(own, "correctness", "q", "json", cell=f"nonce:{own}", status=200, text=text, **changes)
        for own, text in texts.items()
    ]
    return judge_isolation(Evidence.of(SCENARIO, ops, []))


def test_each_its_own_nonce_holds():
    """No answer holds another's."""
    assert judged({"aa": "yes [nonce:aa]", "bb": "yes [nonce:bb]"}).verdict == "holds"


def test_swapped_answers_are_violated():
    """The sentence names the request and the stranger's nonce."""
    verdict = judged({"aa": "yes [nonce:bb]", "bb": "yes [nonce:aa]"})

    assert verdict.verdict == "violated"
    assert verdict.why == "aa: the answer to [nonce:aa] holds bb, which belongs to another caller"


def test_a_failed_request_is_violated():
    """Under concurrency every caller is to be answered."""
    verdict = judged({"aa": ""}, error="reset", detail="gone")

    assert (verdict.verdict, verdict.why) == ("violated", "aa: reset gone")


LATE = {"node": "llm", "kind": "first_byte_timeout", "detail": "nothing within 2.5 s"}


def test_a_limit_that_passed_leaves_unknown_whose_the_answer_would_have_been():
    """A machine was slow, or a node: no answer was given to a wrong caller. It is not green."""
    verdict = judged({"aa": ""}, problem=LATE)

    assert (verdict.verdict, verdict.actual) == ("unknown", "1 requests had no answer in time")
    assert verdict.why == "aa: 200, node llm failed: first_byte_timeout, nothing within 2.5 s"


def test_what_the_end_of_the_run_cut_off_is_unknown():
    """Ctrl-C is no failure of the megaservice."""
    assert judged({"aa": ""}, error="unfinished").verdict == "unknown"


def test_a_failure_of_another_kind_beside_it_is_violated():
    """And is the one that is named."""
    kinds = {"aa": LATE, "bb": LATE | {"kind": "upstream_5xx", "detail": "500"}}
    ops = [
        Op(name, "correctness", "q", "json", cell=f"nonce:{name}", status=502, problem=told)
        for name, told in kinds.items()
    ]
    verdict = judge_isolation(Evidence.of(SCENARIO, ops, []))

    assert (verdict.verdict, verdict.why) == ("violated", "bb: 502, node llm failed: upstream_5xx, 500")


@pytest.mark.parametrize(
    ("first", "word"), [("", "holds"), ("yes [nonce:bb]", "violated")], ids=["late", "swapped"]
)
def test_the_last_asking_counts_but_no_answer_of_any_may_be_a_strangers(first, word):
    """What was late is asked again with all others; a swap is never forgotten."""
    ops = [
        Op(str(number), "correctness", "q", "json", cell="nonce:aa", status=200, text=text, problem=problem)
        for number, (text, problem) in enumerate(((first, None if first else LATE), ("yes [nonce:aa]", None)))
    ]

    assert judge_isolation(Evidence.of(SCENARIO, ops, [])).verdict == word


def test_an_llm_that_does_not_repeat_the_nonce_leaves_it_unknown():
    """Whose answer it is cannot be told then."""
    assert judged({"aa": "yes"}).verdict == "unknown"


def test_no_request_is_unknown():
    """Nothing ran."""
    assert judged({}).verdict == "unknown"


def test_all_nonces_of_a_text_are_found():
    """Two of them are two."""
    assert nonces("[nonce:aa] and [nonce:b1]") == {"aa", "b1"}


def test_what_is_spoken_or_heard_can_hold_no_nonce():
    """So whose answer it is makes no sense to ask; a request that failed is one all the same."""
    asr, tts = (
        Node("asr", "asr", "/", service_type="ASR"),
        Node("tts", "tts", "/", ("llm",), service_type="TTS"),
    )
    llm = Node("llm", "llms", "/", ("asr",), service_type="LLM")
    ops = [Op("aa", "correctness", "q", "json", cell="nonce:aa", status=200, text="UklGR")]

    def of(*nodes, unasked=()):
        scenario = replace(SCENARIO, megaservice=Megaservice("demo", "/", nodes), unasked=unasked)
        return judge_isolation(Evidence.of(scenario, ops, []))

    assert (of(asr, llm).verdict, of(asr, llm).why) == (
        "n/a",
        "a nonce is a word, and asr is given a recording; all 1 at once were answered",
    )
    assert of(replace(llm, after=()), tts).why.startswith("a nonce is a word, and tts gives none")
    assert of(asr, llm, unasked=("asr",)).verdict == "unknown"
    ops[0].error = "reset"
    assert of(asr, llm).verdict == "violated"
