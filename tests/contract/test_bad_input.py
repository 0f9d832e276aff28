"""Which bad bodies are sent to which endpoint."""

import asyncio
from dataclasses import replace

from pydantic import BaseModel

from harness.comp import Deviation
from harness.contract.bad_input import bad_input, bodies
from harness.contract.check import Skipped
from harness.contract.talk import Answer
from tests.contract.says import Says
from tests.stack.greeter import GREETER

GREET = GREETER.endpoint("/v1/greet")


class Anything(BaseModel):
    """A model to which an empty object is a request."""

    name: str | None = None


def names(endpoint):
    """The bad bodies that an endpoint is checked with."""
    return [check.id.rpartition(".")[2] for check in bad_input("greeters", endpoint)]


def test_an_endpoint_is_checked_with_every_kind_of_bad_body():
    """From nothing at all to too deep a nesting."""

    assert names(GREET) == [
        "empty",
        "half-an-object",
        "list",
        "null",
        "number",
        "string",
        "missing-fields",
        "wrong-types",
        "invalid-utf8",
        "wrong-content-type",
        "deep-nesting",
    ]


def test_what_is_valid_to_a_lenient_model_is_no_bad_body():
    """OPEA takes an empty object in many places."""
    lenient = replace(GREET, variants=(replace(GREET.variants[0], request=Anything),))

    assert set(names(GREET)) - set(names(lenient)) == {"missing-fields"}


def test_an_optional_body_may_be_empty():
    """Then neither nothing nor null is bad."""
    optional = replace(GREET, variants=(replace(GREET.variants[0], request=Anything | None),))

    assert set(names(GREET)) - set(names(optional)) == {"missing-fields", "empty", "null"}


def test_forms_queries_and_routes_without_body_have_no_bad_json():
    """They read none."""

    assert [names(each) for each in GREETER.endpoints if each.body != "json"] == [[]] * 5


def test_wrong_types_are_made_of_the_first_good_example():
    """Every field of it gets a type that is none of its own."""
    wrong = next(bad for bad in bodies(GREET) if bad.name == "wrong-types")

    assert wrong.value == {"name": {"of": {"another": ["type"]}}}


def found(endpoint, name, answer, **more):
    """What the check of that bad body finds in that answer."""
    (check,) = (each for each in bad_input("greeters", endpoint) if each.id.endswith(f".{name}"))
    return asyncio.run(check.find(Says(answer, **more)))


def test_what_is_known_of_the_real_comp_is_told_as_such():
    """It is no finding, and not green either."""
    failed = Answer(500, "text/plain", b"Internal Server Error")
    known = Deviation("types", "other types are an internal error", lambda body: "name" in body, 500)
    deviating = replace(GREET, known=(known,))

    assert found(deviating, "wrong-types", failed) == Skipped(
        "known deviation types: other types are an internal error"
    )
    assert found(deviating, "invalid-utf8", failed).why == "answered with 500, 4xx was promised"
    assert found(GREET, "wrong-types", failed).why == "answered with 500, 4xx was promised"
    assert found(GREET, "wrong-types", Answer(422, "text/plain", b"no")) is None
    assert found(GREET, "wrong-types", Answer(422, "text/plain", b" ")).why == "the 422 gives no reason"
