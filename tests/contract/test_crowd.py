"""Which endpoints are asked by many at once."""

import asyncio
import json
import re
from dataclasses import replace

import pytest

from harness.comp import Deviation, Example, Law, Upload
from harness.contract import crowd as module
from harness.contract.check import Broken, Skipped
from harness.contract.crowd import AT_ONCE, crowd
from harness.contract.curl import Asked
from harness.contract.talk import Answer
from harness.flight import ClientError
from tests.contract.says import Says
from tests.mocking.greeter import GREETER

GREET = GREETER.endpoint("/v1/greet")


def ids(endpoint):
    """The crowd checks of an endpoint."""
    return [check.id for check in crowd("greeters", endpoint)]


def test_there_is_one_check_a_number():
    """With the number in its id."""

    assert AT_ONCE == (1, 8, 32)
    assert ids(GREET) == [f"greeters.v1-greet.concurrency.{number}" for number in AT_ONCE]


def test_an_endpoint_that_only_refuses_or_takes_uploads_is_left_alone():
    """What cannot be repeated cannot be crowded."""
    upload = Example("file", files={"files": Upload("a", b"A")})
    variants = (
        replace(
            GREET.variants[0], examples=(Example("no", status=422), Example("early", status=100), upload)
        ),
    )

    assert ids(replace(GREET, variants=variants)) == []


GREETING, _ = GREET.variants
ADA = Example("ada", {"name": "Ada"})
ALONE = replace(GREET, variants=(replace(GREETING, examples=(ADA,)),))
RIGHT = Answer(200, "application/json", json.dumps({"text": "Hello"}).encode())
WRONG = Answer(500, "text/plain", b"oops")


class Busy(Says):
    """One whose answers take a moment, and who says that it is well after so many seconds, one after the other, then at once."""

    def __init__(self, *answers, well_s=(), takes_s=0.0):
        super().__init__(*answers)
        self.well_s, self.takes_s = list(well_s), takes_s

    async def put(self, *request):
        """The next answer."""
        await asyncio.sleep(self.takes_s)
        return await self.send(*request)

    async def is_well(self):
        """Late or not."""
        await asyncio.sleep(self.well_s.pop(0) if self.well_s else 0)
        return True


def found(talk, number=8, endpoint=ALONE):
    """What the check with so many at once finds."""
    (check,) = (each for each in crowd("greeters", endpoint) if each.id.endswith(f".{number}"))
    return asyncio.run(check.find(talk))


@pytest.mark.parametrize("number", AT_ONCE)
def test_each_example_is_asked_alone_and_then_in_turn(number):
    """As many at once as the check says."""
    talk = Says(RIGHT)
    bob = Example("bob", {"name": "Bob"})

    assert found(talk, number, replace(GREET, variants=(replace(GREETING, examples=(ADA, bob)),))) is None
    assert [example.name for _, example in talk.asked] == ["ada", "bob", *(["ada", "bob"] * 16)[:number]]


def test_what_is_wrong_only_in_the_crowd_is_told_with_how_many_were():
    """The first of them, and its answer."""
    status, other = "ada: status: is 500 oops, 200 was promised", replace(WRONG, status=501)

    assert found(Says(RIGHT, RIGHT, WRONG, RIGHT)) == Broken(f"{status} (1 of 8)", actual="500 oops")
    assert found(Says(RIGHT, WRONG, other, other, RIGHT)) == Broken(f"{status} (3 of 8)", actual="500 oops")
    assert found(Says(RIGHT, WRONG), 32).why == f"{status} (32 of 32)"


def test_what_only_a_crowd_shows_is_repeated_by_one(monkeypatch):
    """All of its requests at once, and meanwhile how long it takes to say that it is well."""
    monkeypatch.setattr(module, "HEALTH_LIMIT_S", 0.05)
    asked = Asked("GET", "http://127.0.0.1:9/x", {})
    wrong, slow = Says(RIGHT, WRONG), Busy(RIGHT, well_s=[0.1] * 3)
    wrong.last = slow.last = [asked]

    repeat = (
        f"(for i in $(seq 8); do {asked.curl} & done; sleep 0.02; "
        "curl -sS -o /dev/null -w '%{time_total} s\\n' http://127.0.0.1:9/v1/health_check; wait)"
    )

    assert [found(wrong).repeat, found(slow).repeat] == [repeat, repeat]


def test_what_is_wrong_even_alone_is_not_asked_by_many():
    """Its own check tells of it."""
    talk = Says(WRONG)
    some = Says(WRONG, RIGHT)
    bob = Example("bob", {"name": "Bob"})

    assert found(talk) == Skipped("no example is answered rightly even alone; its own check tells of it")
    assert len(talk.asked) == 1
    assert found(some, endpoint=replace(GREET, variants=(replace(GREETING, examples=(ADA, bob)),))) is None
    assert [example.name for _, example in some.asked] == ["ada", "bob", *["bob"] * 8]


def test_what_is_known_of_an_answer_is_told_as_such():
    """Alone, and in the crowd."""
    known = Deviation("fails", "it fails", lambda body: True, 500)
    endpoint = replace(ALONE, known=(known,))
    told = Skipped("known deviation fails: it fails")

    assert found(Says(WRONG), endpoint=endpoint) == told
    assert found(Says(RIGHT, RIGHT, WRONG, RIGHT), endpoint=endpoint) == told
    assert isinstance(
        found(Says(RIGHT, WRONG), endpoint=replace(ALONE, known=(replace(known, instead_of=404),))), Broken
    )


def test_laws_hold_in_a_crowd():
    """The first that is broken is told."""
    laws = (
        Law("x", "x", lambda q, a: None),
        Law("loud", "is loud", lambda q, a: f"{q['name']} has {a['text']}"),
    )
    lawful = replace(ALONE, variants=(replace(ALONE.variants[0], laws=laws[:1]),))
    endpoint = replace(ALONE, variants=(replace(ALONE.variants[0], laws=laws),))

    assert found(Says(RIGHT), endpoint=lawful) is None
    assert isinstance(found(Says(RIGHT), endpoint=endpoint), Skipped)


def test_a_service_that_is_slow_to_say_that_it_is_well_is_asked_again(monkeypatch):
    """A busy machine may be slow twice, but not each time; the slowest of all that it said counts."""
    monkeypatch.setattr(module, "HEALTH_LIMIT_S", 0.1)
    twice = Busy(RIGHT, well_s=(0.15, 0.15))
    always = Busy(RIGHT, well_s=(0.15, 0.15, 0.15))
    at_first = Busy(RIGHT, well_s=(0.15, 0, 0, 0), takes_s=0.2)
    told = found(always)

    assert found(twice) is None
    assert len(twice.asked) == 1 + 3 * 8
    assert re.fullmatch(r"/v1/health_check: took 0\.\d\d s meanwhile, 0\.1 s is the most", told.why)
    assert float(told.why.split()[2]) >= 0.15
    assert told.actual == "so 3 times: the service answers nobody while it works for some"
    assert len(always.asked) == 1 + 3 * 8
    assert found(at_first) is None
    assert len(at_first.asked) > 1 + 8


def test_half_a_second_is_the_most():
    """A blocked loop takes longer."""

    assert module.HEALTH_LIMIT_S == 0.5


def test_a_service_that_breaks_off_meanwhile_ends_the_asking():
    """Nothing is left in flight; the words are those of what broke, and the crowd is what shows it."""
    error = ClientError("reset", "http://127.0.0.1:9", "words", elapsed_ms=1.0)

    class Breaks(Busy):
        async def is_well(self):
            self.tasks = asyncio.all_tasks()
            raise error

    async def once():
        (check, *_) = crowd("greeters", ALONE)
        talk = Breaks(RIGHT, takes_s=0.01)
        talk.last = [Asked("GET", "http://127.0.0.1:9/x", {})]
        broken = await check.find(talk)
        await asyncio.sleep(0)
        return broken, [task.cancelling() for task in talk.tasks if task is not asyncio.current_task()]

    broken, cancelling = asyncio.run(once())

    assert cancelling[0] == 1
    assert broken.why == f"no whole answer came: {error}"
    assert "-w '%{time_total} s\\n' http://127.0.0.1:9/v1/health_check; wait)" in broken.repeat


def test_a_service_that_is_gone_meanwhile_is_not_judged():
    """Nobody can be asked any more."""
    gone = ClientError("refused", "http://127.0.0.1:9", "words", elapsed_ms=1.0)

    with pytest.raises(ClientError):
        found(Says(RIGHT, gone))
