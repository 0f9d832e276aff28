"""What a chat's messages come to as one prompt, and the pictures in them.

The prompt's form is a fact of comps/cores/mega/utils.py, GenAIComps 8130a3f; a picture is passed on as it is, where
upstream draws it anew as PNG. What is no picture goes nowhere: a message may name any file that the service can read.
"""

import base64
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Message = Mapping[str, Any]
ROLES = ("user", "assistant")
PICTURE_LIMIT_S = 10.0
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\x00", b"MM\x00*")


def handle_message(messages: str | Sequence[Message]) -> str | tuple[str, list[str]]:
    """The prompt, or the prompt and its pictures in base64 where there are any; ValueError for a role that is none."""
    if isinstance(messages, str):
        return messages
    system, prompt, pictures = "", "", list[str]()
    for message in messages:
        role, content = message["role"], message["content"]
        if role == "system":
            system = f"{content}\n" if content else ""
            continue
        if role not in ROLES:
            raise ValueError(f"messages: the role {role!r} is none; roles are system, {', '.join(ROLES)}")
        text, shown = _parts(content)
        prompt += f"{role}: {text}\n" if text else f"{role}:"
        pictures += shown
    return (system + prompt, pictures) if pictures else system + prompt


def sanitize_env(value: str | None) -> str | None:
    """A setting without the quotes around it."""
    for quote in ('"', "'"):
        if value is not None and len(value) > 1 and value[0] == value[-1] == quote:
            return value[1:-1]
    return value


def _parts(content: Any) -> tuple[str, list[str]]:
    """The text of a message and its pictures."""
    if not isinstance(content, list):
        return content or "", []
    texts = [part["text"] for part in content if part["type"] == "text"]
    urls = [part["image_url"]["url"] for part in content if part["type"] == "image_url"]
    return "\n".join(texts), [_picture(url) for url in urls]


def _picture(url: str) -> str:
    """A picture in base64: from the web, from a file, or given as base64; ValueError for what is none."""
    if url.startswith(("http://", "https://")):
        import httpx

        content = httpx.get(url, timeout=PICTURE_LIMIT_S, follow_redirects=True).raise_for_status().content
    elif os.path.isfile(url):  # pathlib raises where base64 is too long for the name of a file
        content = Path(url).read_bytes()
    else:
        return url
    if not content.startswith(PICTURES):
        raise ValueError(f"messages: what {url} holds is no picture; it is PNG, JPEG, GIF, WebP, BMP or TIFF")
    return base64.b64encode(content).decode()
