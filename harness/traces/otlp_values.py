"""OTLP's attribute values as plain Python values, from JSON and from protobuf."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from harness.traces.span import Value


class AnyValue(msgspec.Struct, gc=False):
    """One of its fields is set; 64-bit integers may be numbers or text (opentelemetry-proto, `common.proto`)."""

    stringValue: str | None = None  # noqa: N815 - OTLP's name, as are the next.
    boolValue: bool | None = None  # noqa: N815
    intValue: int | str | None = None  # noqa: N815
    doubleValue: float | str | None = None  # noqa: N815
    arrayValue: "ArrayValue | None" = None  # noqa: N815
    kvlistValue: "KeyValueList | None" = None  # noqa: N815
    bytesValue: str | None = None  # noqa: N815


class ArrayValue(msgspec.Struct, gc=False):
    """Values in order."""

    values: list[AnyValue] | None = None


class KeyValue(msgspec.Struct, gc=False):
    """One attribute."""

    key: str = ""
    value: AnyValue | None = None


class KeyValueList(msgspec.Struct, gc=False):
    """Values under names."""

    values: list[KeyValue] | None = None


def plain_attributes(attributes: Iterable[KeyValue] | None) -> Mapping[str, Value]:
    """Attributes of OTLP/JSON as a mapping."""
    return {each.key: _plain(each.value) for each in attributes or ()}


def _plain(value: AnyValue | None) -> Value:
    if value is None:
        return None
    if value.stringValue is not None:
        return value.stringValue
    if value.intValue is not None:
        return int(value.intValue)
    if value.boolValue is not None:
        return value.boolValue
    if value.doubleValue is not None:
        return float(value.doubleValue)
    if value.arrayValue is not None:
        return [_plain(each) for each in value.arrayValue.values or ()]
    if value.kvlistValue is not None:
        return plain_attributes(value.kvlistValue.values)
    return value.bytesValue


def plain_messages(attributes: Iterable[Any]) -> Mapping[str, Value]:
    """Attributes of OTLP/protobuf as a mapping."""
    return {each.key: _plain_message(each.value) for each in attributes}


def _plain_message(value: Any) -> Value:
    field = value.WhichOneof("value")
    if field is None:
        return None
    if field == "array_value":
        return [_plain_message(each) for each in value.array_value.values]
    if field == "kvlist_value":
        return plain_messages(value.kvlist_value.values)
    plain: Value = getattr(value, field)
    return plain.hex() if isinstance(plain, bytes) else plain
