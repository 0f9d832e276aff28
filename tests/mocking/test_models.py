"""A request becomes the model that the whole union would make of it, though not every member was tried."""

from types import NoneType
from typing import get_args

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from harness.discovery import COMP, discover
from harness.mocking.models import Models, _required
from harness.unions import adapter

UNIONS = {
    f"{comp.id} {endpoint.key}": (
        list(dict.fromkeys(each.request for each in endpoint.variants if each.request is not None)),
        [each.request for variant in endpoint.variants for each in variant.examples],
    )
    for comp in discover(COMP).values()
    for endpoint in comp.endpoints
    if endpoint.body == "json" and len({each.request for each in endpoint.variants} - {None}) > 1
}


class One(BaseModel):
    """Has one field that it must have."""

    text: str
    k: int = 4


class Two(BaseModel):
    """Has another."""

    query: str
    k: int = 5


class Either(BaseModel):
    """Makes its field of another's."""

    text: str

    @model_validator(mode="before")
    @classmethod
    def read(cls, raw):
        return {"text": raw.get("said", "")} if isinstance(raw, dict) else raw


class Named(BaseModel):
    """Reads its field by another name."""

    text: str = Field(validation_alias="said")


class Both(BaseModel):
    """Reads its field by either name."""

    model_config = ConfigDict(populate_by_name=True)
    text: str = Field(alias="said")


def told(validate, raw):
    """What comes of a request: the model and its fields, or every word of the refusal."""
    try:
        found = validate(raw)
    except ValidationError as error:
        return error.errors(include_url=False)
    return type(found), repr(found), getattr(found, "model_fields_set", None)


@pytest.mark.parametrize("route", UNIONS)
def test_every_union_of_a_contract_chooses_as_before(route):
    """For each example, whole and with any one field gone or null."""
    models, examples = UNIONS[route]
    whole, ours = adapter(models), Models(models)
    asked = [each for each in examples if isinstance(each, dict)]
    less = [{**{n: v for n, v in each.items() if n != name}} for each in asked for name in each]
    null = [{**each, name: None} for each in asked for name in each]

    for raw in [*asked, *less, *null, {}, [], "x", 7]:
        theirs = told(lambda given: whole.validate_python(given, from_attributes=True), raw)
        if isinstance(theirs, tuple) and "id=" in theirs[1]:  # Fresh in every document.
            assert told(ours.validated, raw)[::2] == theirs[::2], raw
        else:
            assert told(ours.validated, raw) == theirs, raw


def test_there_are_unions_to_choose_from():
    """So that the test before this one is about something."""
    assert len(UNIONS) >= 5
    assert all(NoneType not in get_args(model) for models, _ in UNIONS.values() for model in models)


def test_only_what_its_fields_tell_is_passed_over():
    """A validator, an alias or a second name may make a field of something else."""
    assert [_required(each) for each in (One, Two)] == [{"text"}, {"query"}]
    assert [_required(each) for each in (Either, Named, Both, dict, list[One])] == [frozenset()] * 5


def test_a_request_that_no_model_takes_is_told_in_the_words_of_all():
    """Also where only one of them was fit to be tried."""
    models = Models([One, Two])

    with pytest.raises(ValidationError) as refused:
        models.validated({"text": 7})

    assert [each["loc"] for each in refused.value.errors()] == [("One", "text"), ("Two", "query")]
    assert type(models.validated({"query": "x"})) is Two
