"""JSON in and out as FastAPI has it: what it takes for JSON, how it says that it is none, how it shows what it refused."""

import json
from email.message import Message
from math import isfinite
from typing import Any

import orjson

from harness.comp import Comp, Refusal

UNPARSED = "There was an error parsing the body"  # FastAPI's words for a body that is no text at all.


class Invalid(Exception):  # noqa: N818 - it is an answer, not a fault of ours
    """A request that its contract refuses; `errors` are pydantic's, each with `type`, `loc`, `msg` and `input`.

    `raw` is the request where it could be read at all.
    """

    def __init__(self, errors: list[dict[str, Any]], raw: Any = None) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors
        self.raw = raw

    def body(self, comp: Comp) -> bytes:
        """The reply's body: FastAPI's `detail`, or one sentence where the server is no FastAPI."""
        if comp.framework or comp.validation_status == 422:
            return _dumps({"detail": self.errors})
        return _dumps({"error": self.words, "error_type": "Validation"})

    @property
    def words(self) -> str:
        """The first error in one sentence."""
        first = self.errors[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def is_json(content_type: str | None) -> bool:
    """Whether a body of that type is parsed; one that does not say what it is, is."""
    if content_type == "application/json" or content_type is None:
        return True
    message = Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (
        subtype == "json" or subtype.endswith("+json")
    )


def parsed(body: bytes) -> Any:
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
