"""Servers that read their JSON themselves."""

import json

import httpx
import pytest

from harness.discovery import COMP, discover
from mocks._any_type import ANY_TYPE
from mocks._audio import HELLO_BASE64
from tests.mocks.contract import _served

COMPS = discover(COMP)
CALLED_TEXT = {"content-type": "text/plain"}


def sent(comp, path, body, *, like_upstream):
    """A body that is called plain text, and its reply."""
    url = _served().url(COMPS[comp], {}, like_upstream)
    return httpx.post(url + path, content=body, headers=CALLED_TEXT, timeout=10, trust_env=False)


@pytest.mark.parametrize(
    ("comp", "path", "body"),
    [
        ("third_parties.speecht5", "/v1/tts", b'{"text": "Hello."}'),
        ("third_parties.bridgetower", "/v1/encode", b'{"text": "Hello."}'),
        ("third_parties.gpt_sovits", "/", b'{"text": "Hello.", "text_language": "en"}'),
        ("third_parties.ollama", "/api/generate", b'{"model": "a", "prompt": "Hello."}'),
    ],
)
def test_json_by_another_name_is_refused_as_promised_and_answered_as_known(comp, path, body):
    """What is no request is none by any name."""
    refused, answered = (sent(comp, path, body, like_upstream=like) for like in (False, True))

    assert refused.status_code in (400, 422)
    assert answered.status_code == 200
    assert sent(comp, path, b'["a"]', like_upstream=True).status_code >= 400
    assert sent(comp, path, b"{", like_upstream=True).status_code >= 400


@pytest.mark.parametrize(
    ("comp", "path", "body"),
    [
        ("third_parties.llava", "/generate", {"prompt": "What is this?", "img_b64_str": ""}),
        ("third_parties.wav2lip", "/v1/wav2lip", {"audio": HELLO_BASE64}),
    ],
)
def test_what_opeas_own_components_call_text_is_read(comp, path, body):
    """They could not speak to the mock else."""
    assert sent(comp, path, json.dumps(body).encode(), like_upstream=False).status_code == 200


@pytest.mark.parametrize("body", ['{"a": 1}', "{}"])
def test_it_is_set_off_by_text_that_holds_an_object(body):
    """By nothing else."""
    assert ANY_TYPE.is_set_off(body)
    assert not any(ANY_TYPE.is_set_off(other) for other in ({"a": 1}, "[1]", "{", "a", None, 7))
