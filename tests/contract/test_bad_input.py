"""Which bad bodies are sent to which endpoint."""

from dataclasses import replace

from pydantic import BaseModel

from harness.contract.bad_input import bad_input, bodies
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
