"""What forms and queries are drawn."""

import asyncio
from itertools import product

import pytest
from hypothesis import find, settings
from pydantic import BaseModel

from harness.comp import Endpoint, Example, Upload, Variant
from harness.contract.falsify import Limits, falsify
from harness.contract.forms import ABSENT, _near, edges, example_of, invalid, spelled, valid

NOTE = Upload("note.txt", b"A note.", "text/plain")


class Uploading(BaseModel):
    """A form."""

    file: Upload
    purpose: str
    warmth: float = 0
    tags: list[str] | str | None = None
    is_kept: bool = False


FORM = Variant("form", Uploading, None, ())
ENDPOINT = Endpoint("/v1/files", print, (FORM,), "source-only", "x.py", body="form")
BASE = Example("base", {"purpose": "train"}, {"id": "x"}, files={"file": NOTE})


def drawn(strategy, many=60):
    """What the strategy draws at first."""
    found = []

    async def probe(value):
        found.append(value)

    asyncio.run(falsify(strategy, probe, Limits(0, many)))
    return found


def test_valid_forms_are_the_example_with_a_few_fields_changed():
    """In text as a form spells it; the upload has other names of its ending, and other content."""
    forms = drawn(valid(ENDPOINT, FORM, BASE))

    assert {"file": NOTE, "purpose": "train"} in forms
    assert {each["is_kept"] for each in forms if "is_kept" in each} == {"true", "false"}
    assert all(isinstance(each["file"], Upload) and each["file"].name.endswith(".txt") for each in forms)
    assert len({each["file"].content for each in forms}) >= 3
    assert all("" not in each.values() for each in forms)


def test_invalid_forms_lack_a_field_or_have_a_file_for_a_text():
    """Or a text for a file, or no number; a query has no files."""
    forms = drawn(invalid(ENDPOINT, FORM, BASE), 100)

    assert any("file" not in each for each in forms)
    assert any(isinstance(each.get("file"), str) for each in forms)
    assert any(isinstance(each.get("purpose"), Upload) for each in forms)
    assert any(each.get("warmth") == "x" for each in forms)
    asked = Endpoint("/v1/q", print, (FORM,), "source-only", "x.py", body="query")
    in_query = [each.get("purpose") for each in drawn(invalid(asked, FORM, BASE))]
    assert not any(isinstance(each, Upload) for each in in_query)


def test_a_form_of_which_nothing_is_declared_is_drawn_from_its_example():
    """Its uploads and its texts."""
    free = Variant("form", None, None, ())
    endpoint = Endpoint("/v1/free", print, (free,), "source-only", "x.py", body="form")
    forms = drawn(valid(endpoint, free, BASE))

    assert len({each["file"].name for each in forms}) > 3
    assert len({each.get("purpose") for each in forms}) > 3
    assert drawn(invalid(endpoint, free, BASE)) == []


def test_texts_that_services_stumble_over_are_asked_first():
    """In every field of text; an empty one is none."""

    assert [each["purpose"] for each in edges(ENDPOINT, BASE)][:2] == ["What is Deep Learning?", "a"]
    assert edges(ENDPOINT, Example("x", files={"file": NOTE})) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ABSENT),
        ("", ABSENT),
        ([], ABSENT),
        ([None, ""], ABSENT),
        (True, "true"),
        (0.5, "0.5"),
        (0, "0"),
        (["a"], "a"),
        (["a", 2, None], ("a", "2")),
        ({"a": [1]}, '{"a": [1]}'),
    ],
)
def test_values_are_spelled_as_forms_spell_them(value, text):
    """What is not there is left out."""

    assert spelled(value) == text


def test_a_drawn_form_is_an_example_of_which_no_reply_is_promised():
    """Text apart from uploads, one or several."""
    found = example_of(BASE, {"file": NOTE, "more": (NOTE, NOTE), "purpose": "x"})

    assert (found.request, found.reply) == ({"purpose": "x"}, None)
    assert found.files == {"file": NOTE, "more": (NOTE, NOTE)}


def test_lists_are_fields_that_stand_several_times():
    """A form has no brackets."""
    strategy = valid(ENDPOINT, FORM, BASE)

    found = find(
        strategy,
        lambda form: isinstance(form.get("tags"), tuple),
        settings=settings(database=None, deadline=None),
    )

    assert len(found["tags"]) >= 2


def test_text_is_never_drawn_for_a_field_that_was_left_out_of_the_model():
    """Which model is asked for, and how a stream is asked for, are no matter of the form."""
    streaming = Variant("form", Uploading, None, (), streams={"is_kept": True})
    base = Example("base", {"purpose": "train", "model": "m"}, files={"file": NOTE})
    forms = drawn(valid(ENDPOINT, streaming, base))

    assert {each["model"] for each in forms} == {"m"}
    assert all("is_kept" not in each for each in forms)


def test_at_most_three_fields_of_a_form_are_drawn_anew():
    """None, or up to three; spoilt is one at least."""
    free = Variant("form", None, None, ())
    base = Example("base", dict.fromkeys("abcdef", "was"))
    endpoint = Endpoint("/v1/free", print, (free,), "source-only", "x.py", body="form")
    good = [
        sum(value != "was" for value in each.values()) + 6 - len(each)
        for each in drawn(valid(endpoint, free, base), 150)
    ]
    strict = Endpoint("/v1/files", print, (FORM,), "source-only", "x.py", body="form")
    bad = drawn(invalid(strict, FORM, BASE), 200)

    assert set(good) == {0, 1, 2, 3}
    assert {"file": NOTE, "purpose": "train"} not in bad
    assert {value for each in bad for value in each.values() if isinstance(value, str)} == {
        "x",
        "-1",
        "train",
    }


def test_a_form_without_anything_is_drawn_as_it_is():
    """Where nothing is declared and the example fills nothing in."""
    free = Variant("form", None, None, ())
    endpoint = Endpoint("/v1/free", print, (free,), "source-only", "x.py", body="form")

    assert drawn(valid(endpoint, free, Example("x"))) == [{}]
    assert drawn(invalid(endpoint, free, Example("x"))) == []


def test_an_upload_is_drawn_under_each_name_with_each_content():
    """Of the same ending; its own content, half of that, none, and bytes that are no text."""
    found = {(each.name, each.content) for each in drawn(_near(NOTE), 200)}
    stems = ("note", "a", "two words", "Grüße 深度", "it's", "x" * 100)

    assert found == set(
        product((f"{stem}.txt" for stem in stems), (b"A note.", b"A n", b"", bytes(range(256))))
    )


def test_of_several_uploads_any_is_drawn():
    """In the place of all of them."""
    free = Variant("form", None, None, ())
    endpoint = Endpoint("/v1/free", print, (free,), "source-only", "x.py", body="form")
    both = (NOTE, Upload("b.csv", b"1,2"))
    given = [each["file"] for each in drawn(valid(endpoint, free, Example("x", files={"file": both})))]

    assert both in given
    assert {each.name.rpartition(".")[2] for each in given if each != both} == {"txt", "csv"}


class Sparing(BaseModel):
    """A form of which the example fills in one field."""

    purpose: str
    model: str = "m"
    file: Upload | None = None


def test_a_model_and_an_upload_that_the_example_does_not_have_are_not_added():
    """The others of the form's fields are."""
    sparing = Variant("form", Sparing, None, ())
    endpoint = Endpoint("/v1/sparing", print, (sparing,), "source-only", "x.py", body="form")
    forms = drawn(valid(endpoint, sparing, Example("x", {"purpose": "a"})), 20)

    assert {name for each in forms for name in each} == {"purpose"}


def test_texts_stand_in_every_field_of_text_of_a_form():
    """The model that is asked for and uploads stay."""
    base = Example("x", {"purpose": "a", "more": "b", "model": "m"}, files={"file": NOTE})
    first = edges(ENDPOINT, base)

    assert {(each["model"], each["file"]) for each in first} == {("m", NOTE)}
    assert all(each["purpose"] == each["more"] for each in first)
    assert "" not in [each["purpose"] for each in first]
    assert len(first) == 7
