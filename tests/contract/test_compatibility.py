"""What one schema allows and another refuses."""

import pytest

from harness.contract.compatibility import Sides, branches, refused, resolved

TEXT = {"type": "string"}
NUMBER = {"type": "number"}
NULL = {"type": "null"}


def differences(given, taking, *, is_dumped=False, document=None):
    """All of them, at a place called `x`."""
    document = document or {}
    return list(refused(given, taking, Sides(document, document, "x", is_dumped=is_dumped)))


def fields(required=(), **properties):
    """An object's schema."""
    return {"type": "object", "properties": properties, "required": list(required)}


@pytest.mark.parametrize(
    ("given", "taking"),
    [
        (TEXT, TEXT),
        (TEXT, {}),
        (TEXT, {"title": "Anything"}),
        (TEXT, True),
        ({"type": "integer"}, NUMBER),
        (TEXT, {"anyOf": [TEXT, NULL]}),
        (TEXT, {"type": ["string", "null"]}),
        ({"anyOf": [TEXT, NULL]}, {"type": "string", "nullable": True}),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}),
        ({"const": "a"}, TEXT),
        ({"type": "integer", "minimum": 1}, {"type": "integer", "minimum": 0}),
        ({"type": "string", "maxLength": 3}, {"type": "string", "maxLength": 4}),
        (fields(a=TEXT, required=["a"]), fields(a=TEXT)),
        (fields(a=TEXT), fields()),
        (fields(a=TEXT, required=["a"]), fields(a=TEXT, required=["a"])),
        ({"type": "array", "items": TEXT}, {"type": "array"}),
        ({"allOf": [TEXT]}, TEXT),
        (fields(a={"anyOf": [TEXT, NULL]}), fields(a=TEXT)),
    ],
    ids=str,
)
def test_what_is_allowed_on_both_sides_is_no_difference(given, taking):
    """Nor is what more is taken than was promised."""

    assert differences(given, taking) == []


@pytest.mark.parametrize(
    ("given", "taking", "why"),
    [
        (NUMBER, {"type": "integer"}, "x: number is not taken, only integer"),
        ({}, TEXT, "x: array, boolean, integer, null, number, object is not taken, only string"),
        ({"anyOf": [TEXT, NULL]}, TEXT, "x: null is not taken, only string"),
        ({"enum": ["a", "c"]}, {"enum": ["a"]}, "x: 'c' is not taken, only ['a']"),
        (TEXT, {"type": "string", "enum": ["a"]}, "x: only ['a'] are taken"),
        (NUMBER, {"type": "number", "minimum": 1}, "x: minimum is 1, none was promised"),
        (
            {"type": "string", "maxLength": 9},
            {"type": "string", "maxLength": 4},
            "x: maxLength is 4, 9 was promised",
        ),
        (TEXT, {"type": "string", "pattern": "^a$"}, "x: has to match ^a$, nothing was promised"),
        (fields(a=TEXT), fields(a=TEXT, b=TEXT, required=["b"]), "x.b: is required"),
        (fields(a=TEXT), fields(a=TEXT, required=["a"]), "x.a: is required"),
        (
            fields(a=fields(b=TEXT)),
            fields(a=fields(b=NUMBER)),
            "x.a.b: string is not taken, only integer, number",
        ),
        (fields(a=TEXT), {**fields(), "additionalProperties": False}, "x.a: is not taken"),
        (
            {"type": "array", "items": TEXT},
            {"type": "array", "items": NUMBER},
            "x[]: string is not taken, only integer, number",
        ),
        (
            {"type": "object", "additionalProperties": TEXT},
            {"type": "object", "additionalProperties": NUMBER},
            "x.*: string is not taken, only integer, number",
        ),
        (TEXT, False, "x: nothing is taken"),
    ],
)
def test_what_is_no_longer_taken_is_told_with_its_place(given, taking, why):
    """What was promised, and what is taken."""

    assert differences(given, taking) == [why]


def test_a_reply_has_its_defaults_in_it_and_a_request_has_not():
    """So a field with a default may be relied on in a reply only."""
    defaulted, needed = fields(a={**TEXT, "default": "x"}), fields(a=TEXT, required=["a"])

    assert differences(defaulted, needed, is_dumped=True) == []
    assert differences(defaulted, needed) == ["x.a: is required"]


def test_a_null_that_may_be_left_out_is_no_loss_in_a_request_but_one_in_a_reply():
    """FastAPI documents `x: str = None` without null, and takes it."""
    given, taking = fields(a={"anyOf": [TEXT, NULL]}), fields(a=TEXT)

    assert differences(given, taking) == []
    assert differences(given, taking, is_dumped=True) == ["x.a: null is not taken, only string"]


def test_references_are_followed_and_a_model_may_hold_itself():
    """Without end is without difference."""
    tree = fields(more={"type": "array", "items": {"$ref": "#/$defs/Tree"}}, name=TEXT)
    document = {"$defs": {"Tree": tree, "a/b": TEXT}}

    assert differences({"$ref": "#/$defs/Tree"}, {"$ref": "#/$defs/Tree"}, document=document) == []
    assert resolved("#/$defs/a~1b", document) == TEXT
    assert resolved("#/$defs/nope/more", document) is None
    assert list(branches({"$ref": "#/$defs/nope"}, document)) == []


def test_of_several_takers_the_nearest_one_is_told_of():
    """The one with the fewest differences."""
    far = fields(a=NUMBER, required=["c", "d"])
    near = fields(a=TEXT, required=["a", "b"])

    assert differences(fields(a=TEXT, required=["a"]), {"anyOf": [far, near]}) == ["x.b: is required"]


def test_an_object_of_any_fields_is_compared_where_both_say_of_what():
    """One that allows anything, or says nothing, is passed over."""
    texts, numbers = ({"type": "object", "additionalProperties": each} for each in (TEXT, NUMBER))
    anything = {"type": "object", "additionalProperties": True}

    assert differences(texts, numbers) == ["x.*: string is not taken, only integer, number"]
    assert differences(anything, numbers) == []
    assert differences({"type": "object"}, numbers) == []
    assert differences(texts, anything) == []


def test_one_part_is_what_it_stands_for_and_several_are_no_alternatives():
    """`allOf` of one is how FastAPI refers to a model with a description; of several it says more than is compared."""
    document = {"components": {"schemas": {"T": TEXT}}}
    one = {"allOf": [{"$ref": "#/components/schemas/T"}], "description": "A text."}
    several = {"allOf": [TEXT, {"type": "string", "minLength": 3}]}

    assert list(branches(one, document)) == [TEXT]
    assert list(branches(several, document)) == [several]
    assert list(branches(1, document)) == list(branches(False, document)) == []
