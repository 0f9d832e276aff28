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


@pytest.mark.parametrize("name", ["minimum", "exclusiveMinimum", "minLength", "minItems"])
def test_a_lower_bound_may_only_fall(name):
    """The same is taken, a higher one and a new one are not."""
    taking = {"type": "number", name: 2}

    assert differences({"type": "number", name: 2}, taking) == []
    assert differences({"type": "number", name: 3}, taking) == []
    assert differences({"type": "number", name: 1}, taking) == [f"x: {name} is 2, 1 was promised"]
    assert differences(NUMBER, taking) == [f"x: {name} is 2, none was promised"]


@pytest.mark.parametrize("name", ["maximum", "exclusiveMaximum", "maxLength", "maxItems"])
def test_an_upper_bound_may_only_rise(name):
    """The same is taken, a lower one and a new one are not."""
    taking = {"type": "number", name: 2}

    assert differences({"type": "number", name: 2}, taking) == []
    assert differences({"type": "number", name: 1}, taking) == []
    assert differences({"type": "number", name: 3}, taking) == [f"x: {name} is 2, 3 was promised"]
    assert differences(NUMBER, taking) == [f"x: {name} is 2, none was promised"]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (True, "boolean"),
        (1, "integer"),
        (0.5, "number"),
        ("a", "string"),
        ([], "array"),
        ({}, "object"),
        (None, "null"),
    ],
)
def test_a_value_has_its_type(value, name):
    """A constant of it, and one of several, fit where that type is taken and nowhere else."""
    other = "string" if name != "string" else "null"

    assert (
        differences({"const": value}, {"type": name}) == differences({"enum": [value]}, {"type": name}) == []
    )
    assert differences({"const": value}, {"type": other}) == [f"x: {name} is not taken, only {other}"]


def test_patterns_are_the_same_or_another():
    """One that is promised and no longer asked for is no loss."""
    one, other = ({"type": "string", "pattern": each} for each in ("^a$", "^b$"))

    assert differences(one, one) == differences(one, TEXT) == []
    assert differences(one, other) == ["x: has to match ^b$, ^a$ was promised"]


@pytest.mark.parametrize("word", ["title", "description", "default", "examples", "example"])
def test_what_only_describes_takes_everything(word):
    """Whatever is given."""

    assert differences({"anyOf": [TEXT, NULL]}, {word: "x"}) == []


def test_each_alternative_has_to_be_taken_by_one():
    """`oneOf` is as good as `anyOf`, a `nullable` adds null, and all that is not taken is told."""
    two = {"oneOf": [TEXT, NUMBER]}

    assert differences(two, {"anyOf": [NUMBER, TEXT]}) == []
    assert differences(two, NULL) == [
        "x: string is not taken, only null",
        "x: integer, number is not taken, only null",
    ]
    assert differences({**TEXT, "nullable": True}, TEXT) == ["x: null is not taken, only string"]
    assert differences({**TEXT, "nullable": False}, TEXT) == []
    assert differences({"type": ["string", "null"]}, TEXT) == ["x: null is not taken, only string"]


def test_a_null_is_spared_in_a_field_and_not_in_what_it_holds():
    """Only where the field may be left out."""
    given = fields(a={"type": "array", "items": {"anyOf": [TEXT, NULL]}})
    needed = fields(a={"anyOf": [TEXT, NULL]}, required=["a"])

    assert differences(given, fields(a={"type": "array", "items": TEXT})) == [
        "x.a[]: null is not taken, only string"
    ]
    assert differences(needed, fields(a=TEXT, required=["a"])) == ["x.a: null is not taken, only string"]


def test_fields_are_compared_each_for_itself():
    """One that is known is compared, one that is not is refused only where nothing more is taken."""
    closed = {**fields(a=NUMBER), "additionalProperties": False}

    assert differences(fields(a=TEXT, b=TEXT), closed) == [
        "x.a: string is not taken, only integer, number",
        "x.b: is not taken",
    ]
    assert differences(fields(b=TEXT), {**fields(a=NUMBER), "additionalProperties": True}) == []
    assert differences(fields(b=True), fields(required=["b"]), is_dumped=True) == ["x.b: is required"]


def test_a_list_without_members_of_a_kind_may_hold_anything():
    """So it is not taken where only one kind is."""
    texts = {"type": "array", "items": TEXT}

    assert differences({"type": "array"}, texts) == [
        "x[]: array, boolean, integer, null, number, object is not taken, only string"
    ]
    assert differences(TEXT, {"type": ["array", "string"], "items": TEXT}) == []


def test_two_models_that_hold_themselves_are_compared_once():
    """Each pair of them; another pair is another matter."""
    text, number = (
        fields(more={"$ref": f"#/$defs/{name}"}, value=of)
        for name, of in (("Text", TEXT), ("Number", NUMBER))
    )
    document = {"$defs": {"Text": text, "Number": number}}
    found = differences({"$ref": "#/$defs/Text"}, {"$ref": "#/$defs/Number"}, document=document)

    assert found == ["x.value: string is not taken, only integer, number"]
