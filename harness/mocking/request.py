"""Reads a request as FastAPI reads it, from contract data alone: the same leniency, the same refusals, the same words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, get_args
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError

from harness.comp import Endpoint
from harness.mocking.asgi import Scope, header
from harness.mocking.form import form_of
from harness.mocking.json_bodies import Invalid, is_json, parsed
from harness.mocking.models import Models


@dataclass(frozen=True, slots=True)
class Read:
    """A request as it was read: its JSON (or the form's or query's fields), and the model that the contract makes of it."""

    raw: Any
    model: Any


class Reader:
    """Reads the requests of one endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._kind = endpoint.body
        self._any_type = endpoint.any_type
        models = list(dict.fromkeys(variant.request for variant in endpoint.variants))
        self._optional = any(model is None or _takes_none(model) for model in models)
        models = [model for model in models if model is not None]
        self._members = [member for model in models for member in (get_args(model) or (model,))]
        self._models = Models(models) if models else None
        known = [_fields(model) for model in models]
        self._known = None if None in known else frozenset[str]().union(*filter(None, known))

    def unknown(self, raw: Any) -> frozenset[str]:
        """The fields of a request that no variant knows; OPEA passes over most of them."""
        if self._known is None or type(raw) is not dict:
            return frozenset()
        return frozenset(raw.keys() - self._known)

    async def read(self, scope: Scope, body: bytes) -> Read:
        """The request; raises `Invalid` or `Refusal` as FastAPI would."""
        if self._kind == "none":
            return Read(None, None)
        if self._kind == "json":
            return self._json(scope, body)
        where = "query" if self._kind == "query" else "body"
        if where == "query":
            fields: dict[str, Any] = dict(
                parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
            )
        else:
            fields = await form_of(scope, body)
        # FastAPI takes an empty text for a field that is not there.
        if self._models and self._kind == "form":
            fields = {name: value for name, value in fields.items() if value != ""}
        return Read(fields, self._validated(fields, where) if self._models else fields)

    def again(self, raw: Any) -> Read:
        """A request that was read before, read once more because it was changed."""
        return Read(raw, self._validated(raw, "body") if self._models else raw)

    def _json(self, scope: Scope, body: bytes) -> Read:
        embedded = next((each for each in self._members if getattr(each, "is_embedded", False)), None)
        if embedded is not None and (refusal := self._unembedded(scope, body, embedded)) is not None:
            raise refusal
        if not body:
            if self._optional or self._models is None:
                return Read(None, None)
            raise Invalid([_missing(None)])
        is_read = self._any_type or is_json(header(scope, b"content-type"))
        raw = parsed(body) if is_read else body.decode("utf-8", "replace")
        if self._models is None:
            return Read(raw, None)
        if raw is None:
            if self._optional:
                return Read(None, None)
            raise Invalid([_missing(None)])
        return Read(raw, self._validated(raw, "body"))

    def _unembedded(self, scope: Scope, body: bytes, model: type[BaseModel]) -> Invalid | None:
        """Where FastAPI reads fields one by one, nothing and null lack those that must be there, and what is no object lacks all."""
        is_read = not body or is_json(header(scope, b"content-type"))
        raw = parsed(body) if body and is_read else None
        must = [name for name, each in model.model_fields.items() if each.is_required()]
        names: Iterable[str] = must if is_read and raw is None else model.model_fields
        if isinstance(raw, dict):
            names = [name for name in must if raw.get(name) is None]
        errors = [{**_missing(None), "loc": ("body", name)} for name in names]
        return Invalid(errors, raw) if errors else None

    def _validated(self, raw: Any, where: str) -> Any:
        assert self._models is not None
        try:
            return self._models.validated(raw)
        except ValidationError as error:
            errors = [self._told(each, where) for each in error.errors(include_url=False)]
            raise Invalid(errors, raw) from None

    def _told(self, error: Any, where: str) -> dict[str, Any]:
        """An error as FastAPI tells it: where it is, and of a form's missing field no input."""
        told = {**error, "loc": (where, *error["loc"])}
        return {**told, "input": None} if self._kind != "json" and told["type"] == "missing" else told


class Pattern:
    """A route with `{parameters}`, as a regular expression."""

    def __init__(self, path: str) -> None:
        self._regex = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)) + r"\Z")

    def match(self, path: str) -> Mapping[str, str] | None:
        """The parameters of a path of this route, or None."""
        found = self._regex.match(path)
        return found.groupdict() if found else None


def _missing(value: Any) -> dict[str, Any]:
    return {"type": "missing", "loc": ("body",), "msg": "Field required", "input": value}


def _takes_none(model: Any) -> bool:
    return NoneType in get_args(model)


def _fields(model: Any) -> frozenset[str] | None:
    """The names that a model (or a union of models) reads; None if it takes any."""
    if not isinstance(model, type):
        parts = [_fields(each) for each in get_args(model) if each is not NoneType]
        return None if None in parts or not parts else frozenset[str]().union(*filter(None, parts))
    if not issubclass(model, BaseModel) or model.model_config.get("extra") == "allow":
        return None
    aliases = (field.alias for field in model.model_fields.values() if field.alias)
    return frozenset((*model.model_fields, *aliases))
