"""What forms and queries Hypothesis may draw: fields of text as a form spells them, and uploads under other names and with other content.

A form is a mapping of fields to text, an `Upload`, or a tuple of these where a field stands several times: what a server reads. An empty
text is never drawn: FastAPI takes it for a field that is not there.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.comp import Endpoint, Example, Upload, Variant
from harness.contract.compatibility import branches
from harness.contract.drawing import CHANGED_MAX, NOT_DRAWN, TEXTS, values
from harness.contract.promises import sent
from harness.contract.shapes import accepts, schema_of

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    Values = SearchStrategy[Any]

Form = Mapping[str, Any]

ABSENT = object()
STRAY = Upload("stray.bin", bytes(range(256)), "application/octet-stream")
STEMS = ("a", "two words", "Grüße 深度", "it's", "x" * 100)


def valid(endpoint: Endpoint, variant: Variant, base: Example) -> "Values":
    """Forms that the variant's model takes: the base's, with at most `CHANGED_MAX` fields drawn anew, added or left out."""
    changes = _changes(variant, base)
    return _changed(base, changes).filter(lambda form: accepts(endpoint, form))


def edges(endpoint: Endpoint, base: Example) -> list[Form]:
    """The base with each of `TEXTS` in its fields of text, as far as that is valid: these are asked before any is drawn."""
    form = _form(base)
    fields = [name for name, value in form.items() if isinstance(value, str) and name not in NOT_DRAWN]
    changed = ({**form, **dict.fromkeys(fields, text)} for text in TEXTS if fields and text)
    return [each for each in changed if accepts(endpoint, each)]


def invalid(endpoint: Endpoint, variant: Variant, base: Example) -> "Values":
    """Forms that no variant's model takes: a field missing, text where an upload is meant or the other way, no number."""
    from hypothesis import strategies

    names = sorted({*_form(base), *_changes(variant, base)}) or ["x"]
    wrong: Values = strategies.sampled_from(
        (ABSENT, "x", "-1", *([STRAY] if endpoint.body == "form" else []))
    )
    return _changed(base, dict.fromkeys(names, wrong), fewest=1).filter(
        lambda form: not accepts(endpoint, form)
    )


def example_of(base: Example, form: Form) -> Example:
    """The base with a form in the place of its own, its uploads apart from its text."""
    files = {name: value for name, value in form.items() if _uploads(value)}
    return replace(base, request={k: v for k, v in form.items() if k not in files}, files=files, reply=None)


def _form(base: Example) -> Form:
    form: Form = sent(base) or {}
    return form


def _changed(base: Example, changes: Mapping[str, "Values"], fewest: int = 0) -> "Values":
    """The base's form with some of the changes made to it."""
    from hypothesis import strategies

    if not changes:
        return strategies.just(_form(base))
    pairs = [strategies.tuples(strategies.just(name), change) for name, change in changes.items()]
    drawn = strategies.lists(strategies.one_of(pairs), min_size=fewest, max_size=CHANGED_MAX)
    return drawn.map(lambda made: {k: v for k, v in {**_form(base), **dict(made)}.items() if v is not ABSENT})


def _changes(variant: Variant, base: Example) -> dict[str, "Values"]:
    """A strategy for each field of the variant's model, and for what its examples upload."""
    from hypothesis import strategies

    schema = schema_of(variant.request)
    found: dict[str, Values] = {}
    for branch in branches(schema, schema):
        for name, each in branch.get("properties", {}).items():
            if name not in NOT_DRAWN and not _is_upload(each, schema):
                found[name] = values(each, schema).map(spelled)
    for name, value in _form(base).items():
        if uploads := _uploads(value):
            found[name] = strategies.one_of([_near(each) for each in uploads])
        elif name not in NOT_DRAWN:
            found.setdefault(name, strategies.sampled_from(TEXTS).map(spelled))
    return {name: each for name, each in found.items() if name not in (variant.streams or {})}


def _is_upload(schema: Any, document: Mapping[str, Any]) -> bool:
    return any(branch.get("title") == Upload.__name__ for branch in branches(schema, document))


def _uploads(value: Any) -> tuple[Upload, ...]:
    """The uploads of a field, be it one, several or none."""
    given = value if isinstance(value, tuple) else (value,)
    return tuple(each for each in given if isinstance(each, Upload))


def _near(upload: Upload) -> "Values":
    """The upload under other names of the same ending, with less content, with none, with other bytes."""
    from hypothesis import strategies

    _, dot, ending = upload.name.rpartition(".")
    names = (upload.name, *(f"{stem}{dot}{ending}" for stem in STEMS))
    contents = (upload.content, b"", upload.content[: len(upload.content) // 2], STRAY.content)
    pairs = strategies.tuples(strategies.sampled_from(names), strategies.sampled_from(contents))
    return pairs.map(lambda pair: replace(upload, name=pair[0], content=pair[1]))


def spelled(value: Any) -> Any:
    """A value as a form or a query spells it: null is left out, a list is a field that stands several times."""
    if value in (None, "", []):
        return ABSENT
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        texts = tuple(str(each) for each in map(spelled, value) if each is not ABSENT)
        return texts if len(texts) > 1 else next(iter(texts), ABSENT)
    return json.dumps(value) if isinstance(value, dict) else str(value)
