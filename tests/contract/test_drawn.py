"""Answers to requests that were drawn, judged on answers that were made up; and the checks on a real mock."""

import asyncio
import json
from dataclasses import replace

import pytest
from pydantic import BaseModel

from harness.client import Client
from harness.comp import Binary, Example, Law, Refusal, Upload, World
from harness.contract import checks, verify
from harness.contract.drawn import base_of, drawn, foretold, made_of, misanswered, unrefused
from harness.contract.talk import Answer
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from harness.mocking.serving import serving
from tests.mocking.greeter import GREETER, Greeted

GREET = GREETER.endpoint("/v1/greet")
GREETING, COUNTING = GREET.variants
ADA = GREETING.examples[0]
UPLOAD = GREETER.endpoint("/v1/upload")
NOTE = Upload("note.txt", b"note")


class Anything(BaseModel):
    """A model that takes every object."""

    name: str | None = None


def answer(body, status=200):
    """An answer with that body."""
    return Answer(status, "application/json", body if isinstance(body, bytes) else json.dumps(body).encode())


def why(asked, answered, variant=GREETING, endpoint=GREET):
    """What is wrong with that answer, in words."""
    found = misanswered(endpoint, variant, Example("x", asked), answered)
    return found and found.why


@pytest.mark.parametrize(
    ("asked", "answered", "words"),
    [
        ({"name": "x"}, answer({"text": "Hello x"}), None),
        ({"name": "x"}, answer({"text": 1}), "text: Input should be a valid string, seen '1'"),
        ({"name": "x"}, answer(b"oops", 500), "status: is 500 oops, 200 was promised"),
        (
            {"name": "x"},
            answer({"detail": "no"}, 400),
            'a valid request is refused: 400 {"detail": "no"}',
        ),
        ({"name": "nobody"}, answer({"detail": "no"}, 400), None),
        ({"name": "nobody"}, answer(b" ", 400), "the 400 gives no reason"),
        ({"name": ""}, answer({"detail": "empty"}, 400), None),
    ],
)
def test_a_valid_request_is_answered_or_refused_where_the_contract_refuses_it(asked, answered, words):
    """A known deviation is no finding here, nor a refusal of what sets it off; the examples' own check tells of it."""

    assert why(asked, answered) == words


def test_what_is_known_is_told_apart_from_what_is_wrong():
    """A failure that the contract knows is its deviation, whether the request was valid or not."""
    valid = misanswered(GREET, GREETING, Example("x", {"name": ""}), answer(b"known", 500))
    invalid = unrefused(GREET, {"name": "", "loud": []}, answer(b"known", 500))

    assert valid is invalid is GREET.known[0]


def test_what_is_known_instead_of_a_refusal_excuses_no_failure_of_an_answer():
    """The contract's own answer tells whether it refuses."""
    instead = replace(GREET.known[0], applies=lambda body: True, instead_of=403)
    endpoint = replace(GREET, known=(instead,))

    assert misanswered(endpoint, GREETING, Example("x", {"name": "nobody"}), answer(b"known", 500)) is instead
    assert why({"name": "x"}, answer(b"oops", 500), endpoint=endpoint) == (
        "status: is 500 oops, 200 was promised"
    )
    assert why({"name": "x"}, answer({"detail": "no"}, 400), endpoint=endpoint) == (
        'a valid request is refused: 400 {"detail": "no"}'
    )


def test_laws_hold_for_what_was_drawn():
    """Where it is plain which contract of the route answered."""
    lawful = replace(GREETING, laws=(Law("loud", "is loud", lambda q, a: f"{q['name']} is not loud"),))
    alone = replace(GREET, variants=(lawful, COUNTING))

    assert why({"name": "x"}, answer({"text": "x"}), lawful, alone) == "x is not loud"
    assert why({"name": "x", "upto": 1}, answer({"text": "x"}), lawful, alone) is None


def test_an_answer_as_another_contract_of_the_route_promises_is_right():
    """Which of them answers is the server's to choose."""
    other = replace(COUNTING, request=Anything, reply=Greeted)
    strict = replace(GREETING, reply=list[int])
    both = replace(GREET, variants=(strict, other))

    assert why({"name": "x"}, answer({"text": "x"}), strict, both) is None


@pytest.mark.parametrize(
    ("answered", "words"),
    [
        (answer({"detail": "no"}, 422), None),
        (answer(b"", 422), "the 422 gives no reason"),
        (answer({"text": "x"}), "answered with 200, 4xx was promised"),
        (answer(b"oops", 500), "answered with 500, 4xx was promised"),
    ],
)
def test_an_invalid_request_is_refused_with_a_reason(answered, words):
    """Anything else is told."""
    found = unrefused(GREET, {"name": 7}, answered)

    assert (found and found.why) == words


def test_the_contract_foretells_its_refusals():
    """By its own answer function, whether it raises or gives bytes."""

    def refuse(_request, _world):
        raise Refusal(409, "no")

    def page(_request, _world):
        return Binary(b"no", "text/plain", 418)

    asked = Example("x", {"name": "x"})

    assert foretold(GREET, asked) == 200
    assert foretold(replace(GREET, answer=refuse), asked) == 409
    assert foretold(replace(GREET, answer=page), asked) == 418


def test_requests_are_drawn_for_json_endpoints_with_an_example():
    """Two checks a variant."""

    assert [check.id for check in drawn("greeters", GREET)] == [
        "greeters.v1-greet.drawn.valid.greeting",
        "greeters.v1-greet.drawn.invalid.greeting",
        "greeters.v1-greet.drawn.valid.counting",
        "greeters.v1-greet.drawn.invalid.counting",
    ]
    assert list(drawn("greeters", GREETER.endpoint("/v1/upload"))) == []


def test_a_request_is_made_of_an_example_that_is_answered_at_once():
    """Neither of a refusal, nor of a stream, nor of an upload."""
    examples = (Example("no", {"name": ""}, status=403), Example("streamed", {"name": "x"}, stream=True), ADA)

    assert base_of(GREET, replace(GREETING, examples=examples)) == ADA
    assert base_of(GREET, replace(GREETING, examples=examples[:2])) is None


def test_a_form_is_made_of_any_example_that_fills_it_in():
    """Uploads are drawn too; where nothing is declared there is nothing to refuse."""
    filled = Example("file", files={"file": NOTE})
    endpoint = replace(UPLOAD, variants=(replace(UPLOAD.variants[0], examples=(Example("nothing"), filled)),))

    assert base_of(endpoint, endpoint.variants[0]) == filled
    assert [check.id for check in drawn("x", endpoint)] == ["x.v1-upload.drawn.valid.form"]
    assert base_of(replace(endpoint, body="none"), endpoint.variants[0]) is None


def test_a_drawn_form_is_put_with_its_uploads_apart():
    """As an example holds them."""
    found = made_of(UPLOAD, Example("file", files={"file": NOTE}), {"file": (NOTE, NOTE), "purpose": "x"})

    assert (found.request, found.files) == ({"purpose": "x"}, {"file": (NOTE, NOTE)})


def verdicts_like_upstream(comp, only):
    """The verdicts on a mock that answers as the real comp is known to."""

    async def judged():
        client = Client()
        mock = Mock(comp, World(), behaviour=Behaviour(like_upstream=True))
        async with serving([mock]) as urls:
            try:
                chosen = [check for check in checks(comp) if only in check.id]
                return await verify(comp, urls[comp.id], client, chosen)
            finally:
                await client.close()

    return asyncio.run(judged())


def test_what_is_known_is_told_and_is_not_green():
    """Among what was drawn, and among what was asked at once."""
    empty = replace(GREETING, examples=(Example("empty", {"name": ""}), ADA))
    known = replace(GREET, variants=(empty,))
    only = replace(known, variants=(replace(empty, examples=(Example("empty", {"name": ""}),)),))
    (valid,) = verdicts_like_upstream(replace(GREETER, endpoints=(known,)), "drawn.valid")
    crowds = verdicts_like_upstream(replace(GREETER, endpoints=(only,)), "concurrency")
    mixed = verdicts_like_upstream(replace(GREETER, endpoints=(known,)), "concurrency")

    assert (valid.verdict, valid.why) == ("n/a", "known deviation empty: an empty name")
    assert {(each.verdict, each.why) for each in crowds} == {("n/a", "known deviation empty: an empty name")}
    assert {each.verdict for each in mixed} == {"holds"}
