"""Which endpoints are asked by many at once."""

from dataclasses import replace

from harness.comp import Example, Upload
from harness.contract.crowd import AT_ONCE, crowd
from tests.stack.greeter import GREETER

GREET = GREETER.endpoint("/v1/greet")


def ids(endpoint):
    """The crowd checks of an endpoint."""
    return [check.id for check in crowd("greeters", endpoint)]


def test_there_is_one_check_a_number():
    """With the number in its id."""

    assert ids(GREET) == [f"greeters.v1-greet.concurrency.{number}" for number in AT_ONCE]


def test_an_endpoint_that_only_refuses_or_takes_uploads_is_left_alone():
    """What cannot be repeated cannot be crowded."""
    upload = Example("file", files={"files": Upload("a", b"A")})
    variants = (replace(GREET.variants[0], examples=(Example("no", status=422), upload)),)

    assert ids(replace(GREET, variants=variants)) == []
