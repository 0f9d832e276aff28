"""A whole stream's bytes as its events, each with its framing."""

import re

_BLANK_LINE = re.compile(rb"(?<=\n\n)|(?<=\r\n\r\n)")


def pieces(body: bytes) -> list[bytes]:
    """The events of server-sent events, or the lines where there is no blank line; joined again they are the body."""
    parts = (
        _BLANK_LINE.split(body) if b"\n\n" in body or b"\r\n\r\n" in body else body.splitlines(keepends=True)
    )
    return [part for part in parts if part]
