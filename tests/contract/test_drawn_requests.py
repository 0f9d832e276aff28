"""The checks that draw requests, on servers that are only their answers, and answers at the edges of what is right."""

import asyncio
import json
from dataclasses import replace

import pytest

from harness.comp import Example, Law, Upload
from harness.contract.check import Broken, Skipped
from harness.contract.drawing import TEXTS
from harness.contract.drawn import drawn, misanswered, unrefused
from harness.contract.talk import Answer
from harness.flight import ClientError
from tests.contract.says import Says
from tests.mocking.greeter import GREETER

GREET = GREETER.endpoint("/v1/greet")
GREETING = GREET.variants[0]
UPLOAD = GREETER.endpoint("/v1/upload")
NOTE = Upload("note.txt", b"note")


def answer(body, status=200):
    """An answer with that body."""
    return Answer(status, "application/json", body if isinstance(body, bytes) else json.dumps(body).encode())


def why(asked, answered, variant=GREETING, endpoint=GREET):
    """What is wrong with that answer, in words."""
    told = misanswered(endpoint, variant, Example("x", asked), answered)
    return told and told.why


def found(kind, *answers, endpoint=GREET, **more):
    """What the check of that kind finds of the endpoint's first variant, and the talk that it had."""
    check = next(each for each in drawn("greeters", endpoint) if each.kind.name == f"drawn.{kind}")
    talk = Says(*answers, drawn_max=5, **more)
    return asyncio.run(check.find(talk)), talk


def test_what_is_drawn_is_asked_after_the_texts_that_services_stumble_over():
    """As many as is said; of each the first that is wrong is told."""
    good, talk = found("valid", answer({"text": "x"}))
    bad, _ = found("valid", answer({"text": "x"}), answer(b"oops", 500))

    assert (good, len(talk.asked)) == (None, len(TEXTS) + 5)
    assert bad.why == "status: is 500 oops, 200 was promised"
    assert {example.reply for _, example in talk.asked} == {None}


@pytest.mark.parametrize("kind", ["valid", "invalid"])
def test_a_server_that_breaks_off_is_wrong_about_the_request(kind):
    """One that is not there is not."""
    broken, gone = (ClientError(each, "http://x", "words", elapsed_ms=1.0) for each in ("reset", "refused"))
    told, talk = found(kind, broken)

    assert told.why.startswith("no whole answer came: ")
    assert told.asked is talk.last[0]
    with pytest.raises(ClientError):
        found(kind, gone)


def test_a_server_that_is_not_well_after_invalid_requests_is_told():
    """Only where nothing else was wrong."""
    refused = answer({"detail": "no"}, 422)

    assert found("invalid", refused)[0] is None
    assert found("invalid", refused, is_well=False)[0] == Broken(
        "/v1/health_check: does not answer 200 afterwards", actual="the server is not well"
    )
    assert (
        found("invalid", answer({"text": "x"}), is_well=False)[0].why == "answered with 200, 4xx was promised"
    )


def test_where_the_model_takes_everything_there_is_nothing_to_refuse():
    """Which is not green."""
    endpoint = replace(GREET, variants=(replace(GREETING, request=dict | list | str | float | None),))

    assert found("invalid", answer({}, 422), endpoint=endpoint)[0] == Skipped(
        "the contract's model takes all that could be drawn, so there is nothing to refuse"
    )


def test_a_form_is_drawn_as_a_form():
    """With its uploads apart."""
    filled = Example("file", {"purpose": "train"}, files={"file": NOTE})
    endpoint = replace(UPLOAD, variants=(replace(UPLOAD.variants[0], examples=(filled,)),))
    told, talk = found("valid", answer({}), endpoint=endpoint)

    assert told is None
    assert all(example.files for _, example in talk.asked)


@pytest.mark.parametrize("status", [100, 399, 500, 501])
def test_only_4xx_refuses(status):
    """Whatever was asked."""

    assert (
        unrefused(GREET, {"name": 7}, answer(b"x", status)).why == f"answered with {status}, 4xx was promised"
    )
    assert why({"name": "x"}, answer(b"x", status)) == f"status: is {status} x, 200 was promised"


@pytest.mark.parametrize("status", [400, 499])
def test_4xx_refuses_with_a_reason(status):
    """What is shown is the answer, or that it is empty."""
    empty = unrefused(GREET, {"name": 7}, answer(b" ", status))

    assert unrefused(GREET, {"name": 7}, answer(b"x", status)) is None
    assert (empty.why, empty.actual) == (f"the {status} gives no reason", "an empty body")
    assert why({"name": "x"}, answer(b"x", status)) == f"a valid request is refused: {status} x"


def test_a_good_answer_is_no_deviation():
    """Though one of its status is known."""
    endpoint = replace(GREET, known=(replace(GREET.known[0], applies=lambda body: True, status=200),))

    assert misanswered(endpoint, GREETING, Example("x", {"name": "x"}), answer({"text": "x"})) is None


def test_where_one_model_has_two_contracts_the_laws_of_neither_need_hold():
    """It is open which of them answered."""
    lawful = replace(GREETING, laws=(Law("loud", "is loud", lambda q, a: "it is not loud"),))
    other = replace(GREETING, name="other")

    assert (
        why({"name": "x"}, answer({"text": "x"}), lawful, replace(GREET, variants=(lawful,)))
        == "it is not loud"
    )
    assert why({"name": "x"}, answer({"text": "x"}), lawful, replace(GREET, variants=(lawful, other))) is None
