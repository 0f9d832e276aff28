"""A chat as one prompt (tests/cores/mega/test_handle_message.py, GenAIComps 8130a3f)."""

import base64
import tempfile
from pathlib import Path

from tests.conformance.nodes import refused

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TEXT = {"type": "text", "text": "what is this?"}


def prompt_of(messages):
    from comps.cores.mega.utils import handle_message

    return handle_message(messages)


def image(url):
    return {"type": "image_url", "image_url": {"url": url}}


def user(*parts):
    return {"role": "user", "content": list(parts)}


def item_49_a_text_passes():
    """A plain string is the prompt."""
    assert prompt_of("hello") == "hello"


def item_50_who_said_it():
    """Each message is a line that begins with the role."""
    assert prompt_of([{"role": "user", "content": "hello"}]) == "user: hello\n"


def item_51_the_system_comes_first():
    """Without a role."""
    messages = [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hello"}]
    assert prompt_of(messages) == "be brief\nuser: hello\n"


def item_52_pictures_are_given_beside_the_prompt():
    """A message without words is its role alone."""
    silent = {"type": "text", "text": ""}
    assert prompt_of([user(TEXT, image("aGVsbG8="))]) == ("user: what is this?\n", ["aGVsbG8="])
    assert prompt_of([user(silent, image("aGVsbG8="))]) == ("user:", ["aGVsbG8="])


def item_53_base64_passes():
    """A picture that is given in base64 is handed on as it is."""
    picture = base64.b64encode(PIXEL).decode()
    assert prompt_of([user(TEXT, image(picture))])[1] == [picture]


def item_54_a_path_is_read():
    """A picture in a file is handed on as a PNG in base64."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pixel.png"
        path.write_bytes(PIXEL)
        _, (picture,) = prompt_of([user(TEXT, image(str(path)))])
    assert base64.b64decode(picture).startswith(b"\x89PNG\r\n\x1a\n")


def item_55_what_the_assistant_said():
    """Is a line too, and where nothing was said it is the role alone."""
    messages = [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "hi"}]
    assert prompt_of(messages) == "user: hello\nassistant: hi\n"
    assert prompt_of([{"role": "user", "content": "hello"}, {"role": "assistant", "content": ""}]) == (
        "user: hello\nassistant:"
    )


def item_56_a_role_that_is_none():
    """Is a ValueError."""
    with refused(ValueError, "tram"):
        prompt_of([{"role": "tram", "content": "ding"}])
