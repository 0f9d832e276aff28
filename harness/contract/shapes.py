"""Does a value have the shape that a contract says? Models are pydantic's, and as lenient as OPEA's."""

from functools import lru_cache
from types import NoneType
from typing import Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from harness.comp import Endpoint


def accepts(endpoint: Endpoint, value: Any) -> bool:
    """Whether a JSON value is a valid request of an endpoint, in any of its variants."""
    return any(is_valid(variant.request, value) for variant in endpoint.variants)


@lru_cache(maxsize=1024)
def _adapter_of(model: Any) -> TypeAdapter[Any]:
    return TypeAdapter(model)


@lru_cache(maxsize=1024)
def schema_of(model: Any) -> dict[str, Any]:
    """The JSON schema of what a request's model takes, its references within itself."""
    return {} if model is None else _adapter_of(model).json_schema(ref_template="#/$defs/{model}")


def is_valid(model: Any, value: Any) -> bool:
    """Whether a JSON value is a valid request of a model; without a model everything is."""
    if model is None:
        return True
    try:
        _adapter_of(model).validate_python(value, from_attributes=True)
    except ValidationError:
        return False
    return True


def takes_nothing(endpoint: Endpoint) -> bool:
    """Whether a request without a body is valid."""
    return any(v.request is None or NoneType in get_args(v.request) for v in endpoint.variants)


def misshapen(model: Any, value: Any) -> str | None:
    """What is wrong with a reply's shape, by its first error; an absent field may be null, as OPEA dumps it."""
    try:
        _adapter_of(model).validate_python(_without_absent(model, value))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "reply"
        return f"{where}: {first['msg']}, seen {str(first['input'])[:80]!r}"
    return None


def lacks(value: Any, part: Any, where: str = "reply") -> str | None:
    """Where a JSON value does not hold a part of it; objects may hold more, all else must be equal."""
    if isinstance(part, dict) and isinstance(value, dict):
        for name, each in part.items():
            if name not in value:
                return f"{where}.{name}: is not there"
            found = lacks(value[name], each, f"{where}.{name}")
            if found:
                return found
        return None
    if isinstance(part, list) and isinstance(value, list) and len(part) == len(value):
        pairs = enumerate(zip(value, part, strict=True))
        return next(filter(None, (lacks(one, other, f"{where}[{at}]") for at, (one, other) in pairs)), None)
    return None if value == part else f"{where}: is {str(value)[:80]!r}, {str(part)[:80]!r} was promised"


def _without_absent(model: Any, value: Any) -> Any:
    """The value without the nulls of fields that default to None: upstream types such fields without it."""
    inner = _model_of(model)
    if inner is not None and isinstance(value, dict):
        fields = inner.model_fields
        return {
            name: _without_absent(fields[name].annotation, each) if name in fields else each
            for name, each in value.items()
            if not (each is None and name in fields and fields[name].default is None)
        }
    if get_origin(model) is list and isinstance(value, list):
        return [_without_absent(get_args(model)[0], each) for each in value]
    return value


def _model_of(model: Any) -> type[BaseModel] | None:
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None
