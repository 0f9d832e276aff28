"""Reads forms, urlencoded and multipart, through starlette's own parsers as FastAPI does."""

from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from harness.comp import Refusal, Upload
from harness.mocking.asgi import Event, Scope


async def form_of(scope: Scope, body: bytes) -> dict[str, Any]:
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
