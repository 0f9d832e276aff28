"""One check and the verdict that comes of it."""

import asyncio

import pytest

from harness.client import Client
from harness.contract.check import Broken, Check, Noted, Skipped, check_id
from harness.contract.curl import Asked
from harness.contract.promises import EXAMPLE
from harness.contract.talk import Talk
from harness.flight import ClientError
from tests.mocking.greeter import GREETER


def judged(finding):
    """The verdict on what a check finds, or raises."""

    async def find(_talk):
        if isinstance(finding, Exception):
            raise finding
        return finding

    talk = Talk(Client(), "http://127.0.0.1:9", GREETER, seed=7)
    return asyncio.run(Check("x.y", EXAMPLE, "all is well", find).judge(talk))


def error(kind):
    """A failure of the client."""
    return ClientError(kind, "http://127.0.0.1:9", "words", elapsed_ms=1.0)


@pytest.mark.parametrize(
    ("finding", "verdict", "why"),
    [
        (None, "holds", ""),
        (Broken("it is wrong"), "violated", "it is wrong"),
        (Skipped("there is none"), "n/a", "there is none"),
        (error("reset"), "violated", "no whole answer came: "),
        (error("total_timeout"), "violated", "no whole answer came: "),
        (error("refused"), "unknown", "http://127.0.0.1:9 cannot be reached: "),
    ],
)
def test_what_is_found_becomes_a_verdict(finding, verdict, why):
    """A server that breaks off has violated it, one that is not there leaves it unknown."""
    found = judged(finding)

    assert (found.id, found.subject, found.verdict) == ("x.y", "greeters", verdict)
    assert found.why.startswith(why)


def test_what_is_expected_is_what_the_check_says_unless_it_says_more():
    """So that every failure can be read alone."""

    assert judged(Broken("no")).expected == "all is well"
    assert judged(Broken("no", "200", "500")).actual == "500"


def test_what_is_wrong_can_be_repeated():
    """By the request that shows it, and by the seed it was drawn with."""
    asked = Asked("GET", "http://127.0.0.1:9/x", {})
    found = judged(Broken("no", asked=asked))

    assert (found.repeat, found.seed) == (asked.curl, 7)
    assert judged(None).repeat == ""


def test_an_id_is_a_file_name():
    """Lower case, and nothing that a file's name could not hold."""

    assert check_id("A.b", "v1-X", "Be ta/*") == "a.b.v1-x.be-ta--"


def test_a_note_holds_and_says_what_was_passed_over():
    """What is no fault of the comp is no failure; what the check says was expected."""
    noted, good = judged(Noted("three were passed over")), judged(None)

    assert (noted.verdict, noted.why, noted.expected) == ("holds", "three were passed over", "all is well")
    assert (good.verdict, good.why, good.expected) == ("holds", "", "all is well")


@pytest.mark.parametrize("kind", ["dns", "connect_timeout"])
def test_a_server_that_is_not_reached_leaves_it_unknown(kind):
    """Whatever stands in the way."""

    assert judged(error(kind)).verdict == "unknown"


def test_the_last_request_is_the_one_to_repeat():
    """Unless the finding names another; what was asked before the check does not count."""
    asked, other = (Asked("GET", f"http://127.0.0.1:9/{name}", {}) for name in "ab")

    async def find(talk):
        talk.last[:] = [asked]
        return Broken("no")

    async def find_nothing(talk):
        return Broken("no")

    async def find_other(talk):
        talk.last[:] = [asked]
        return Broken("no", asked=other)

    talk = Talk(Client(), "http://127.0.0.1:9", GREETER, last=[other])
    repeats = [
        asyncio.run(Check("x.y", EXAMPLE, "all is well", each).judge(talk)).repeat
        for each in (find, find_nothing, find_other)
    ]

    assert repeats == [asked.curl, "", other.curl]
