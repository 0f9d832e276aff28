"""What requests are drawn, for each contract that there is."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import find, settings
from pydantic import BaseModel, Field

from harness.comp import Endpoint, Example, Variant
from harness.contract import drawing, forms
from harness.contract.drawing import LETTERS, TEXTS, edges, invalid, valid, values
from harness.contract.drawn import base_of
from harness.contract.falsify import Limits, falsify
from harness.contract.shapes import accepts
from harness.discovery import COMP, discover
from tests.mocking.greeter import GREETER

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

    found = find(values(schema, document), wanted, settings=settings(database=None, deadline=None))

    assert wanted(found)


def every(schema, many=120):
    """All values of a schema that are drawn at first, each once, by how they show themselves."""
    return {repr(each): each for each in drawn(values(schema, {}), many)}.values()


@pytest.mark.parametrize(
    ("schema", "wanted"),
    [
        ({"const": 0}, {0}),
        ({"enum": ["a", "b"]}, {"a", "b"}),
        ({"type": "boolean"}, {True, False}),
        ({"type": "null"}, {None}),
        ({"type": "integer"}, set(range(17))),
        ({"type": "integer", "minimum": 5}, set(range(5, 22))),
        ({"type": "integer", "exclusiveMinimum": 0, "maximum": 3}, {1, 2, 3}),
        ({"type": "integer", "maximum": 100}, set(range(17))),
        ({"type": "number", "minimum": 1}, {1 + quarters / 4 for quarters in range(9)}),
        ({"type": "number", "exclusiveMinimum": 0}, {0.5 + quarters / 4 for quarters in range(9)}),
        ({}, {"x", 1, None}),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else None,
)
def test_small_sets_of_values_are_drawn_whole(schema, wanted):
    """Near their lower bound, where they have one."""

    assert set(every(schema)) == wanted


@pytest.mark.parametrize(
    ("schema", "sizes"),
    [
        ({"type": "array", "items": {"const": 1}}, {0, 1, 2, 3}),
        ({"type": "array", "items": {"const": 1}, "minItems": 2}, {2, 3, 4, 5}),
        ({"type": "object", "additionalProperties": {"const": 1}}, {0, 1, 2, 3}),
        ({"type": "object"}, {0}),
        ({"type": "object", "additionalProperties": False}, {0}),
        ({"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 1}}}, {0, 1, 2}),
        ({"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 1}}, "required": ["b"]}, {1, 2}),
        ({"type": "object", "properties": {"a": {"const": 1}}, "additionalProperties": {"const": 2}}, {0, 1}),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else None,
)
def test_lists_and_objects_are_short(schema, sizes):
    """What is required is there, and what may be there is not always."""
    found = every(schema)

    assert {len(each) for each in found} == sizes
    assert {1} >= {one for each in found for one in (each.values() if isinstance(each, dict) else each)}


def test_what_is_required_is_there():
    """And what is free has names that services know."""
    named = every({"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 1}}, "required": ["b"]})
    free = every({"type": "object", "additionalProperties": {"const": 1}})

    assert all("b" in each for each in named)
    assert {name for each in free for name in each} == {"role", "content", "type", "x"}


def test_texts_are_those_that_people_type():
    """Known ones and others, none of them long; those of a pattern keep to it."""
    texts = every({"type": "string"}, 300)
    others = set(texts) - set(TEXTS)

    assert set(TEXTS) <= set(texts)
    assert max(map(len, others)) <= 40
    assert {letter for each in others for letter in each} <= set(LETTERS)
    assert {len(each) for each in every({"type": "string", "pattern": "^[A-Zm_:-]{2,3}$"})} == {2, 3}
    assert set(every({"type": "string", "pattern": "^m|Z|_|:|5$"})) == set("mZ_:5")


class Many(BaseModel):
    """Six texts, of which the first is no choice of the contract's, and the last is never empty."""

    model: str
    b: str
    c: str
    d: str
    e: str
    f: str = Field(min_length=1)


MANY = Variant("many", Many, None, ())
FULL = Example("full", dict.fromkeys("bcdef", "was") | {"model": "m"})
WIDE = Endpoint("/v1/many", print, (MANY,), "source-only", "x.py")


def test_at_most_three_fields_are_drawn_anew():
    """From none to all three; the model is what it was."""
    changed = [{name for name in each if each[name] != "was"} for each in drawn(valid(WIDE, MANY, FULL), 150)]

    assert {len(each - {"model"}) for each in changed} == {0, 1, 2, 3}
    assert set().union(*changed) == {*"bcdef", "model"}
    assert drawn(valid(WIDE, MANY, FULL), 5)[0]["model"] == "m"
    assert all(each["model"] == "m" for each in drawn(valid(WIDE, MANY, FULL)))


def test_what_cannot_be_changed_stays():
    """A request that is no object, and one whose fields are all left alone."""
    all_left = replace(MANY, streams=dict.fromkeys("bcdef"))

    assert drawn(valid(WIDE, MANY, replace(FULL, request=["x"]))) == [["x"]]
    assert drawn(valid(WIDE, all_left, FULL)) == [FULL.request]


def test_an_example_of_other_fields_has_fields_added():
    """Those of the model."""
    lenient = replace(WIDE, variants=(replace(MANY, request=None),))
    found = drawn(valid(lenient, MANY, Example("x", {"other": 1})))

    assert all(each["other"] == 1 for each in found)
    assert {name for each in found for name in each} == {*"bcdef", "other"}


def test_at_most_three_fields_are_spoilt():
    """Gone or of another type, whichever they are; or all of it is something else."""
    found = drawn(invalid(WIDE, MANY, FULL), 300)
    objects = [each for each in found if isinstance(each, dict) and len(each) > 1]
    gone = {6 - len(each) for each in objects}
    changed = {
        sum(value not in ("was", "m") for value in each.values()) for each in objects if len(each) == 6
    }
    wholes = [each for each in found if not isinstance(each, dict)]

    assert gone == {0, 1, 2, 3}
    assert changed == {1, 2, 3}
    assert {name for each in objects for name in FULL.request if name not in each} == set(FULL.request)
    assert {repr(each) for each in wholes} == {
        *("None", "True", "7", "-1", "0", "-0.5", "'x'", "''", "[]", "['x']", "[[[]]]", "[None]")
    }
    assert {"x": 1} in found


def test_texts_that_are_not_taken_are_not_asked_first():
    """Fields that are no text stay as they are."""
    numbered = Example("x", {**FULL.request, "n": 7})
    first = edges(WIDE, numbered)

    assert [each["f"] for each in first] == [text for text in TEXTS if text]
    assert {(each["n"], each["model"]) for each in first} == {(7, "m")}
    assert all(each["b"] == each["f"] for each in first)
    assert edges(WIDE, Example("x", ["a"])) == []


def test_of_the_texts_that_services_stumble_over_one_is_long():
    """As long as a question that somebody really asks, and empty is one of them."""

    assert (min(map(len, TEXTS)), max(map(len, TEXTS))) == (0, 300)
