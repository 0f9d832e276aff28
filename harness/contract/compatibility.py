"""What one JSON schema allows and another does not: the rule by which a service's OpenAPI document keeps a contract.

A request that the contract allows has to be allowed by the service, a reply that the service allows by the contract. Schemas are
those of OpenAPI 3.0 and 3.1; keywords that are not known here are taken to say nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

Schema = Mapping[str, Any]

ALL_TYPES = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


@dataclass(frozen=True, slots=True)
class Sides:
    """The two documents that references point into, the place reached, and the pairs of references on the way there.

    `is_dumped` says that what is given has its defaults in it, as a reply has and a request has not. `is_spared` says that the
    value may as well be left out, so that nobody has to give null for it: FastAPI documents `x: str = None` without null.
    """

    given: Schema
    taking: Schema
    where: str
    is_dumped: bool = False
    is_spared: bool = False
    seen: frozenset[tuple[str, str]] = frozenset()

    def at(self, step: str, *, is_spared: bool = False) -> "Sides":
        """One step further in."""
        return replace(self, where=f"{self.where}{step}", is_spared=is_spared)


def refused(given: Any, taking: Any, sides: Sides) -> Iterator[str]:
    """What `given` allows and `taking` refuses, each with its place; nothing where all of it is taken."""
    pair = (_reference(given), _reference(taking))
    if all(pair):
        if pair in sides.seen:
            return  # A model that holds itself: it is being compared.
        sides = replace(sides, seen=sides.seen | {(str(pair[0]), str(pair[1]))})
    takers = list(branches(taking, sides.taking))
    if any(_takes_all(each) for each in takers):
        return
    for branch in branches(given, sides.given):
        if sides.is_spared and branch.get("type") == "null":
            continue
        complaints = [list(_refused_by_one(branch, taker, sides)) for taker in takers]
        yield from min(complaints, key=len, default=[f"{sides.where}: nothing is taken"])


def branches(schema: Any, document: Schema) -> Iterator[Schema]:
    """The alternatives of a schema with references followed: `anyOf`, `oneOf`, `nullable`, and several types."""
    if schema is True:
        yield {}
        return
    if not isinstance(schema, Mapping):
        return
    if "$ref" in schema:
        yield from branches(resolved(schema["$ref"], document), document)
        return
    if schema.get("nullable"):  # OpenAPI 3.0's way to say null.
        yield {"type": "null"}
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        for choice in choices:
            yield from branches(choice, document)
        return
    parts = schema.get("allOf", ())
    if len(parts) == 1:
        yield from branches(parts[0], document)
        return
    types = schema.get("type")
    yield from ({**schema, "type": each} for each in types) if isinstance(types, list) else (schema,)


def resolved(reference: str, document: Schema) -> Any:
    """What a reference within the document points to; None if nothing."""
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _reference(schema: Any) -> str:
    return schema.get("$ref", "") if isinstance(schema, Mapping) else ""


def _takes_all(schema: Schema) -> bool:
    return not set(schema) - {"title", "description", "default", "examples", "example"}


def _refused_by_one(given: Schema, taking: Schema, sides: Sides) -> Iterator[str]:
    """What one alternative allows and another refuses."""
    types, taken = _types(given), _types(taking)
    if types - taken:
        yield f"{sides.where}: {', '.join(sorted(types - taken))} is not taken, only {', '.join(sorted(taken))}"
        return
    yield from _values(given, taking, sides.where)
    yield from _bounds(given, taking, sides.where)
    if "object" in types:
        yield from _fields(given, taking, sides)
    if "array" in types and "items" in taking:
        yield from refused(given.get("items", {}), taking["items"], sides.at("[]"))


def _types(schema: Schema) -> frozenset[str]:
    """The JSON types that one alternative allows; `number` takes integers."""
    if "type" not in schema:
        values = _allowed(schema)
        return frozenset(map(_type_of, values)) if values is not None else ALL_TYPES
    name = schema["type"]
    return frozenset({name, "integer"}) if name == "number" else frozenset({name})


def _allowed(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _type_of(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _values(given: Schema, taking: Schema, where: str) -> Iterator[str]:
    taken = _allowed(taking)
    if taken is None:
        return
    allowed = _allowed(given)
    if allowed is None:
        yield f"{where}: only {taken} are taken"
        return
    for value in allowed:
        if value not in taken:
            yield f"{where}: {value!r} is not taken, only {taken}"


def _bounds(given: Schema, taking: Schema, where: str) -> Iterator[str]:
    for name in LOWER:
        if name in taking and (name not in given or given[name] < taking[name]):
            yield f"{where}: {name} is {taking[name]}, {given.get(name, 'none')} was promised"
    for name in UPPER:
        if name in taking and (name not in given or given[name] > taking[name]):
            yield f"{where}: {name} is {taking[name]}, {given.get(name, 'none')} was promised"
    if "pattern" in taking and given.get("pattern") != taking["pattern"]:
        yield f"{where}: has to match {taking['pattern']}, {given.get('pattern', 'nothing')} was promised"


def _fields(given: Schema, taking: Schema, sides: Sides) -> Iterator[str]:
    held, taken = given.get("properties", {}), taking.get("properties", {})
    sure = {*given.get("required", ()), *(_defaulted(held) if sides.is_dumped else ())}
    for name in taking.get("required", ()):
        if name not in sure:
            yield f"{sides.where}.{name}: is required"
    for name, schema in held.items():
        if name in taken:
            is_spared = not sides.is_dumped and name not in taking.get("required", ())
            yield from refused(schema, taken[name], sides.at(f".{name}", is_spared=is_spared))
        elif taking.get("additionalProperties") is False:
            yield f"{sides.where}.{name}: is not taken"
    more = taking.get("additionalProperties")
    if isinstance(more, Mapping) and isinstance(given.get("additionalProperties"), Mapping):
        yield from refused(given["additionalProperties"], more, sides.at(".*"))


def _defaulted(fields: Schema) -> Iterator[str]:
    return (name for name, schema in fields.items() if isinstance(schema, Mapping) and "default" in schema)
