"""A value is taken for whichever of several models fits it best."""

import pytest
from pydantic import BaseModel, ValidationError

from harness.unions import adapter


class Question(BaseModel):
    """One of two."""

    text: str


class Answer(BaseModel):
    """The other."""

    words: list[str]


def test_a_union_is_tried_as_one():
    """A model that stands twice counts once."""
    union = adapter([Question, Answer, Question])

    assert union.validate_python({"text": "x"}) == Question(text="x")
    assert union.validate_python({"words": []}) == Answer(words=[])


def test_what_is_none_of_them_is_refused():
    """Also where there is but one."""
    for models in ([Question, Answer], [Question]):
        with pytest.raises(ValidationError):
            adapter(models).validate_python({"words": 1})
