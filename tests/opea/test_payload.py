"""Requests as bytes, replies as data, strictly."""

import json

import numpy as np
import pytest
from pydantic import BaseModel

from harness.opea.payload import BadReplyError, decode, encode, media_type, plain


class Doc(BaseModel):
    text: str
    seed: int | None = None


def test_a_model_is_sent_without_what_is_none():
    """Plain data stay what they are."""
    assert plain(Doc(text="a")) == {"text": "a"}
    assert plain({"a": None}) == {"a": None}


def test_what_hooks_put_into_a_request_can_be_sent():
    """Models, arrays, sets and keys that are no text become JSON."""
    sent = encode({"doc": Doc(text="a"), "vector": np.array([1.0, 2.0]), "set": {1}, 7: (1, 2)})

    assert json.loads(sent) == {"doc": {"text": "a", "seed": None}, "vector": [1, 2], "set": [1], "7": [1, 2]}


def test_what_json_cannot_say_is_a_type_error():
    """Bytes are no JSON."""
    with pytest.raises(TypeError):
        encode({"sound": b"RIFF"})


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=utf-8", "application/x+json"]
)
def test_json_is_read_under_its_types(content_type):
    """Parameters and case make no difference."""
    assert decode(content_type, b'{"a": [1, 2.5, null]}') == {"a": [1, 2.5, None]}


@pytest.mark.parametrize("content_type", ["audio/wav", "audio/mpeg", "image/png", "application/octet-stream"])
def test_sound_and_pictures_are_bytes(content_type):
    """They are handed to the hook as they came."""
    assert decode(content_type, b"\x00\xff") == b"\x00\xff"


@pytest.mark.parametrize(
    ("content_type", "body", "kind", "words"),
    [
        ("text/html", b"<html>", "bad_content_type", "expected application/json, got text/html: <html>"),
        (None, b"{}", "bad_content_type", "got no content type: {}"),
        ("text/event-stream", b"data: x", "bad_content_type", "got text/event-stream"),
        ("application/json", b'{"a": ', "bad_json", "expected JSON in UTF-8, got"),
        ("application/json", b"", "bad_json", "expected JSON"),
        ("application/json", b'{"a": "\xff"}', "bad_json", "expected JSON"),
        ("application/json", b'{"a": NaN}', "bad_number", "JSON with finite numbers"),
        ("application/json", b"[Infinity]", "bad_number", "JSON with finite numbers"),
        ("application/json", b"[-Infinity, 1]", "bad_number", "JSON with finite numbers"),
        ("application/json", b"[1e999]", "bad_number", "JSON with finite numbers"),
        ("application/json", b"1" * 400, "bad_number", "JSON with finite numbers"),
        ("application/json", b"\xef\xbb\xbf{}", "bad_json", "expected JSON in UTF-8"),
        ("application/json", "{}".encode("utf-16"), "bad_json", "expected JSON in UTF-8"),
        ("application/json", rb'"\ud800"', "bad_json", "expected JSON in UTF-8"),
    ],
)
def test_what_cannot_be_read_has_its_kind(content_type, body, kind, words):
    """Wrong type, broken JSON and numbers that are none are told apart."""
    with pytest.raises(BadReplyError) as caught:
        decode(content_type, body)

    assert caught.value.kind == kind
    assert words in str(caught.value)


def test_a_media_type_is_without_parameters():
    """And in lower case."""
    assert [media_type(each) for each in ("Text/HTML; a=b", None, "")] == ["text/html", "", ""]


def test_json_that_is_too_deep_is_no_json():
    """A reply nested ten thousand deep is refused like any other that cannot be read."""
    with pytest.raises(BadReplyError) as wrong:
        decode("application/json", b"[" * 10_000 + b"]" * 10_000)

    assert wrong.value.kind == "bad_json"
