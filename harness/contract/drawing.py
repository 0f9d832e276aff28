"""What requests Hypothesis may draw: values of a JSON schema, and an example with a few of its fields drawn anew.

Values are modest: texts that a person could type, numbers near their lower bound, short lists. What a service does with a `k` of
2^31 is between it and its memory.
"""

from collections.abc import Mapping
from functools import cache
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Any

from harness.comp import Endpoint, Example, Variant
from harness.contract.compatibility import branches
from harness.contract.shapes import accepts, schema_of

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    Values = SearchStrategy[Any]

TEXTS = (
    "What is Deep Learning?",
    "a",
    "",
    "Grüße 😀",
    "深度学习",
    "two\nlines",
    'it\'s "quoted" \\ {x}',
    "word " * 60,
)
LETTERS = "abc XYZ 019 .,?!'\"\\/{}[]<>&%$äß漢😀\n\t"
OTHERS: tuple[Any, ...] = (None, True, 7, -1, 0, -0.5, "x", "", [], {}, ["x"], {"x": 1}, [[[]]], [None])
CHANGED_MAX = 3
NOT_DRAWN = frozenset({"model"})  # Which models a service has loaded is no matter of its contract.


def valid(endpoint: Endpoint, variant: Variant, base: Example) -> "Values":
    """Requests that the variant's model takes: the base's, with at most `CHANGED_MAX` fields drawn anew or added."""
    from hypothesis import strategies

    fields = _fields(variant)
    changes = {
        name: strategies.tuples(strategies.just(name), fields[name])
        for name in fields
        if name not in {*(variant.streams or {}), *NOT_DRAWN}
    }
    if not changes or not isinstance(base.request, dict):
        return strategies.just(base.request)
    drawn = strategies.lists(strategies.one_of(list(changes.values())), max_size=CHANGED_MAX)
    return drawn.map(lambda pairs: {**_object(base), **dict(pairs)}).filter(
        lambda value: accepts(endpoint, value)
    )


def edges(endpoint: Endpoint, base: Example) -> list[Any]:
    """The base with each of `TEXTS` in its fields of text, as far as that is valid: these are asked before any is drawn."""
    fields = [
        name for name, value in _object(base).items() if isinstance(value, str) and name not in NOT_DRAWN
    ]
    changed = ({**_object(base), **dict.fromkeys(fields, text)} for text in TEXTS if fields)
    return [each for each in changed if accepts(endpoint, each)]


def invalid(endpoint: Endpoint, variant: Variant, base: Example) -> "Values":
    """Requests that no variant's model takes: another type somewhere, a field missing, a value out of its bounds."""
    from hypothesis import strategies

    names = sorted({*_object(base), *_fields(variant)})
    others = strategies.sampled_from(OTHERS)
    changed = strategies.lists(
        strategies.tuples(strategies.sampled_from(names), others), min_size=1, max_size=CHANGED_MAX
    ).map(lambda pairs: {**_object(base), **dict(pairs)})
    fewer = strategies.sets(strategies.sampled_from(names), min_size=1, max_size=CHANGED_MAX).map(
        lambda gone: {name: value for name, value in _object(base).items() if name not in gone}
    )
    return strategies.one_of(fewer, changed, others).filter(lambda value: not accepts(endpoint, value))


def _object(base: Example) -> Mapping[str, Any]:
    return base.request if isinstance(base.request, dict) else {}


def _fields(variant: Variant) -> dict[str, "Values"]:
    """A strategy for each field of the variant's model."""
    schema = schema_of(variant.request)
    found: dict[str, Values] = {}
    for branch in branches(schema, schema):
        for name, each in branch.get("properties", {}).items():
            found.setdefault(name, values(each, schema))
    return found


def values(schema: Any, document: Mapping[str, Any]) -> "Values":
    """Values of a schema, as far as its keywords are known here; what is drawn is held against the model afterwards."""
    from hypothesis import strategies

    def of(each: Any) -> "Values":
        return strategies.deferred(lambda: values(each, document))

    return strategies.one_of(
        [_branch(each, of) for each in branches(schema, document)] or [strategies.none()]
    )


def _branch(schema: Mapping[str, Any], of: Any) -> "Values":
    from hypothesis import strategies

    if "const" in schema or "enum" in schema:
        return strategies.sampled_from(schema.get("enum") or [schema["const"]])
    match schema.get("type"):
        case "null" | "boolean" as name:
            return strategies.none() if name == "null" else strategies.booleans()
        case "integer":
            least = _least(schema, step=1)
            return strategies.integers(int(least), int(min(schema.get("maximum", least + 16), least + 16)))
        case "number":
            least = _least(schema, step=0.5)
            return strategies.integers(0, 8).map(lambda quarters: least + quarters / 4)
        case "string":
            return _texts(schema)
        case "array":
            fewest = schema.get("minItems", 0)
            return strategies.lists(of(schema.get("items", {})), min_size=fewest, max_size=fewest + 3)
        case "object":
            return _objects(schema, of)
    return strategies.sampled_from(("x", 1, True, None))


def _least(schema: Mapping[str, Any], *, step: float) -> float:
    """The lowest number to draw."""
    above = schema.get("exclusiveMinimum")
    return float(above) + step if above is not None else float(schema.get("minimum", 0))


@cache
def _plain_texts() -> "Values":
    from hypothesis import strategies

    return strategies.sampled_from(TEXTS) | strategies.text(LETTERS, max_size=40)


def _texts(schema: Mapping[str, Any]) -> "Values":
    from hypothesis import strategies

    if "pattern" in schema:
        letters = LETTERS + ascii_letters + digits + "_-:"
        return strategies.from_regex(schema["pattern"], alphabet=letters, fullmatch=True)
    return _plain_texts()


def _objects(schema: Mapping[str, Any], of: Any) -> "Values":
    from hypothesis import strategies

    required = set(schema.get("required", ()))
    fields = {name: of(each) for name, each in schema.get("properties", {}).items()}
    more = schema.get("additionalProperties")
    if not fields and more:
        return strategies.dictionaries(
            strategies.sampled_from(("role", "content", "type", "x")), of(more), max_size=3
        )
    surely = {name: each for name, each in fields.items() if name in required}
    return strategies.fixed_dictionaries(
        surely, optional={name: each for name, each in fields.items() if name not in required}
    )
