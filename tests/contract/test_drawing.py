"""What requests are drawn, for each contract that there is."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import find, settings
from pydantic import BaseModel

from harness.contract import drawing, forms
from harness.contract.drawing import TEXTS, edges, invalid, valid, values
from harness.contract.drawn import base_of
from harness.contract.falsify import Limits, falsify
from harness.contract.shapes import accepts
from harness.discovery import COMP, discover
from tests.stack.greeter import GREETER

GREET = GREETER.endpoint("/v1/greet")
ADA = GREET.variants[0].examples[0]
ROWS = [
    pytest.param(endpoint, variant, id=f"{comp.id}.{endpoint.slug}.{variant.name}")
    for comp in discover(COMP).values()
    for endpoint in comp.endpoints
    for variant in endpoint.variants
    if base_of(endpoint, variant)
]


def drawn(strategy, many=40):
    """What the strategy draws at first; nothing where its filter lets nothing pass."""
    found = []

    async def probe(value):
        found.append(value)

    asyncio.run(falsify(strategy, probe, Limits(0, many)))
    return found


@pytest.mark.parametrize(("endpoint", "variant"), ROWS)
def test_what_is_drawn_is_what_it_is_called(endpoint, variant):
    """Every valid request is taken by the route, no invalid one is, and there are some of them."""
    base, kind = base_of(endpoint, variant), drawing if endpoint.body == "json" else forms
    good = drawn(kind.valid(endpoint, variant, base), 8)

    assert all(accepts(endpoint, each) for each in good)
    assert good
    assert not any(accepts(endpoint, each) for each in drawn(kind.invalid(endpoint, variant, base), 8))


def test_a_request_is_an_example_with_a_few_fields_changed():
    """What is needed stays, what is left is drawn."""
    greeting = GREET.variants[0]
    good = drawn(valid(GREET, greeting, ADA))

    assert {"name": "Ada"} in good
    assert {bool} >= {type(each["loud"]) for each in good if "loud" in each}
    assert any(each["name"] not in ("Ada", "") for each in good)


def test_what_asks_for_a_stream_is_left_as_it_is():
    """Streams are asked for by checks of their own."""
    greeting = replace(GREET.variants[0], streams={"loud": True})

    assert all("loud" not in each for each in drawn(valid(GREET, greeting, ADA)))


def test_texts_that_services_stumble_over_are_asked_first():
    """In every field of text that the example has, as far as they are valid there."""
    first = edges(GREET, ADA)

    assert [each["name"] for each in first] == list(TEXTS)
    assert edges(GREET, replace(ADA, request={"upto": 3})) == []
    assert edges(GREET, replace(ADA, request={"name": "x", "model": "m"}))[0]["model"] == "m"


def test_invalid_requests_lack_a_field_or_have_another_type():
    """Or are no object at all."""
    bad = drawn(invalid(GREET, GREET.variants[0], ADA), 100)

    assert {} in bad
    assert any(isinstance(each, dict) and "name" in each for each in bad)
    assert any(not isinstance(each, dict) for each in bad)


class Odd(BaseModel):
    """A model with what models of comps have beside plain types."""

    kind: str
    many: list["Odd"] = []


@pytest.mark.parametrize(
    ("schema", "wanted"),
    [
        ({"const": 3}, lambda value: value == 3),
        ({"enum": ["a", "b"]}, lambda value: value == "b"),
        ({"type": "null"}, lambda value: value is None),
        ({"type": "boolean"}, lambda value: value is True),
        ({"type": "integer", "exclusiveMinimum": 0}, lambda value: value == 1),
        ({"type": "integer", "minimum": 5, "maximum": 6}, lambda value: value == 6),
        ({"type": "number", "exclusiveMinimum": 0}, lambda value: value == 0.5),
        ({"type": "string", "pattern": "^(float|base64)$"}, lambda value: value == "base64"),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, lambda value: len(value) >= 2),
        ({"type": "object", "additionalProperties": {"type": "string"}}, lambda value: "role" in value),
        ({"type": "object", "properties": {"a": {}}, "required": ["a"]}, lambda value: "a" in value),
        ({"$ref": "#/$defs/Odd"}, lambda value: value.get("many") and value["many"][0].get("many")),
        ({}, lambda value: value == "x"),
        (False, lambda value: value is None),
    ],
    ids=lambda value: "wanted" if callable(value) else str(value),
)
def test_values_are_those_of_their_schema(schema, wanted):
    """Every keyword that is known is kept to, and its edge is reached."""
    document = {"$defs": {"Odd": Odd.model_json_schema(ref_template="#/$defs/{model}")["$defs"]["Odd"]}}

    found = find(values(schema, document), wanted, settings=settings(database=None))

    assert wanted(found)
