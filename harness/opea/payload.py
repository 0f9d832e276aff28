"""Requests to nodes as bytes, replies of nodes as data; JSON is read strictly.

A number that JSON does not know (NaN, Infinity, or one too large to hold) is refused, not carried on.
"""

import json
from functools import lru_cache
from math import isfinite
from typing import Any

import orjson
from pydantic import BaseModel

from harness.opea.problems import ReplyKind, shown

EVENT_STREAM = "text/event-stream"
STREAMS = frozenset({EVENT_STREAM, "application/x-ndjson", "text/plain"})
BINARY = ("audio/", "image/", "video/", "application/octet-stream")
Inputs = dict[str, Any] | BaseModel
WRITING = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


class BadReplyError(ValueError):
    """A reply with a good status that cannot be read: its kind, what was expected, what came."""

    def __init__(self, kind: ReplyKind, expected: str, actual: str) -> None:
        super().__init__(f"expected {expected}, got {actual}")
        self.kind: ReplyKind = kind
        self.expected = expected
        self.actual = actual


def plain(inputs: Any) -> Any:
    """A request as plain data: of a model its fields that are not None."""
    if isinstance(inputs, BaseModel):
        return {name: value for name, value in inputs.model_dump().items() if value is not None}
    return inputs


def encode(inputs: Any) -> bytes:
    """A request as JSON; TypeError for what JSON cannot say."""
    return orjson.dumps(inputs, _more, WRITING)


@lru_cache(maxsize=256)
def media_type(content_type: str | None) -> str:
    """A content type without its parameters, in lower case."""
    return (content_type or "").partition(";")[0].strip().lower()


def is_json(media: str) -> bool:
    """Whether a media type is JSON's, or one built on it."""
    return media == "application/json" or (media.startswith("application/") and media.endswith("+json"))


def decode(content_type: str | None, body: bytes) -> Any:
    """A whole reply as data, sound and pictures as bytes; BadReplyError for anything else."""
    media = media_type(content_type)
    if media.startswith(BINARY):
        return body
    if not is_json(media):
        raise BadReplyError(
            "bad_content_type", "application/json", f"{media or 'no content type'}: {shown(body)}"
        )
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        raise BadReplyError(*_unread(body, wrong)) from None


def _more(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError(f"{type(value).__name__} is nothing that JSON can say")


def _unread(body: bytes, wrong: ValueError) -> tuple[ReplyKind, str, str]:
    """What is wrong with a body that is no JSON; only where a number alone is to blame is it that."""
    actual = f"{wrong}: {shown(body)}"
    try:
        json.loads(body, parse_constant=_finite, parse_float=_finite, parse_int=_finite)
    except _NumberError:
        return "bad_number", "JSON with finite numbers", actual
    except (ValueError, RecursionError):
        pass
    return "bad_json", "JSON in UTF-8", actual


class _NumberError(ValueError):
    """A number that JSON cannot hold."""


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise _NumberError
    return value
