"""Reads a request as FastAPI reads it, from contract data alone: the same leniency, the same refusals, the same words."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from email.message import Message
from functools import reduce
from math import isfinite
from operator import or_
from types import NoneType
from typing import Any, get_args
from urllib.parse import parse_qsl

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from harness.comp import Comp, Endpoint, Refusal, Upload

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

BODY_BYTES_MAX = 64 * 2**20
UNPARSED = "There was an error parsing the body"  # FastAPI's words for a body that is no text at all.


class Invalid(Exception):  # noqa: N818 - it is an answer, not a fault of ours
    """A request that its contract refuses; `errors` are pydantic's, each with `type`, `loc`, `msg` and `input`."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors

    def body(self, comp: Comp) -> bytes:
        """The reply's body: FastAPI's `detail`, or one sentence where the server is no FastAPI."""
        if comp.framework or comp.validation_status == 422:
            return _dumps({"detail": self.errors})
        first = self.errors[0]
        where = ".".join(str(part) for part in first["loc"])
        return _dumps({"error": f"{where}: {first['msg']}", "error_type": "Validation"})


@dataclass(frozen=True, slots=True)
class Read:
    """A request as it was read: its JSON (or the form's or query's fields), and the model that the contract makes of it."""

    raw: Any
    model: Any


class Reader:
    """Reads the requests of one endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._kind = endpoint.body
        models = list(dict.fromkeys(variant.request for variant in endpoint.variants))
        self._optional = any(model is None or _takes_none(model) for model in models)
        models = [model for model in models if model is not None]
        self._adapter: TypeAdapter[Any] | None = TypeAdapter(reduce(or_, models)) if models else None
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
        if self._kind == "query":
            fields: dict[str, Any] = dict(
                parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
            )
        else:
            fields = await _form(scope, body)
        return Read(fields, self._validated(fields, "query") if self._adapter else fields)

    def _json(self, scope: Scope, body: bytes) -> Read:
        if not body:
            if self._optional or self._adapter is None:
                return Read(None, None)
            raise Invalid([_missing(None)])
        raw = _parsed(body) if _is_json(scope) else body.decode("utf-8", "replace")
        if self._adapter is None:
            return Read(raw, None)
        if raw is None:
            if self._optional:
                return Read(None, None)
            raise Invalid([_missing(None)])
        return Read(raw, self._validated(raw, "body"))

    def _validated(self, raw: Any, where: str) -> Any:
        assert self._adapter is not None
        try:
            return self._adapter.validate_python(raw, from_attributes=True)
        except ValidationError as error:
            errors = error.errors(include_url=False)
            raise Invalid([{**each, "loc": (where, *each["loc"])} for each in errors]) from None


class Pattern:
    """A route with `{parameters}`, as a regular expression."""

    def __init__(self, path: str) -> None:
        self._regex = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)) + r"\Z")

    def match(self, path: str) -> Mapping[str, str] | None:
        """The parameters of a path of this route, or None."""
        found = self._regex.match(path)
        return found.groupdict() if found else None


async def read_body(receive: Receive) -> bytes:
    """The whole body; raises `Refusal` 413 above `BODY_BYTES_MAX`, and ConnectionResetError when the client leaves."""
    event = await receive()
    if event["type"] == "http.request" and not event.get("more_body", False):
        return bytes(event.get("body", b""))
    parts: list[bytes] = []
    size = 0
    while True:
        if event["type"] == "http.disconnect":
            raise ConnectionResetError("the client left before its request ended")
        parts.append(event.get("body", b""))
        size += len(parts[-1])
        if size > BODY_BYTES_MAX:
            raise Refusal(413, f"body: more than {BODY_BYTES_MAX} bytes")
        if not event.get("more_body", False):
            return b"".join(parts)
        event = await receive()


def header(scope: Scope, name: bytes) -> str | None:
    """The first header of that lower-case name."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return None


def _is_json(scope: Scope) -> bool:
    content_type = header(scope, b"content-type")
    if content_type == "application/json" or content_type is None:
        return True  # FastAPI parses a body that does not say what it is.
    message = Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (
        subtype == "json" or subtype.endswith("+json")
    )


def _parsed(body: bytes) -> Any:
    """The JSON value; what orjson refuses goes to Python's parser, whose leniency and positions FastAPI shows."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        raise Invalid(
            [
                {
                    "type": "json_invalid",
                    "loc": ("body", error.pos),
                    "msg": "JSON decode error",
                    "input": {},
                    "ctx": {"error": error.msg},
                }
            ]
        ) from None
    except (UnicodeDecodeError, RecursionError, ValueError):
        raise Refusal(400, UNPARSED) from None


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


async def _form(scope: Scope, body: bytes) -> dict[str, Any]:
    """The fields of a form: text, an `Upload`, or a tuple of these where a field stands several times."""
    sent = False

    async def receive() -> Event:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        async with Request(scope, receive).form() as form:
            pairs = [(name, await _field(value)) for name, value in form.multi_items()]
    except MultiPartException as error:
        raise Refusal(400, error.message) from None
    fields: dict[str, Any] = {}
    for name, value in pairs:
        fields[name] = value if name not in fields else (*_many(fields[name]), value)
    return fields


def _many(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


async def _field(value: UploadFile | str) -> str | Upload:
    if isinstance(value, str):
        return value
    return Upload(value.filename or "", await value.read(), value.content_type or "application/octet-stream")


def _dumps(value: Any) -> bytes:
    text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _plain(value: Any) -> Any:
    """The value as JSON can say it: exceptions and bytes as their text, what is no finite number as null."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, (str, int, type(None))):
        return value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
