"""Forms are read through starlette's own parsers."""

import asyncio

import pytest

from harness.comp import Refusal, Upload
from harness.mocking.form import form_of

BODY = (
    b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
    b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nA\r\n'
    b'--x\r\nContent-Disposition: form-data; name="files"; filename="b"\r\n\r\n\xff\r\n--x--\r\n'
)


def form(content_type, body):
    """The fields of a form."""
    return asyncio.run(form_of({"type": "http", "headers": [(b"content-type", content_type)]}, body))


def test_a_multipart_form_has_texts_and_uploads():
    """Bytes as they are, several of one name as a tuple."""

    assert form(b"multipart/form-data; boundary=x", BODY) == {
        "note": "hello",
        "files": (Upload("a.txt", b"A", "text/plain"), Upload("b", b"\xff", "application/octet-stream")),
    }


def test_an_urlencoded_form_has_texts():
    """Three of one name are three."""

    assert form(b"application/x-www-form-urlencoded", b"a=1&a=2&a=3&b=%20") == {
        "a": ("1", "2", "3"),
        "b": " ",
    }


def test_another_type_is_an_empty_form():
    """As starlette has it."""

    assert form(b"application/json", b"{}") == {}


def test_a_form_without_its_boundary_is_refused():
    """With starlette's words."""
    with pytest.raises(Refusal) as caught:
        form(b"multipart/form-data", BODY)

    assert (caught.value.status, caught.value.detail) == (400, "Missing boundary in multipart.")
