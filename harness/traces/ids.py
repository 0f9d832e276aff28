"""Trace and span ids in the one form used here: lower-case hex, 32 and 16 digits.

Jaeger prints a trace id with a zero high half as 16 digits; some tools print upper case, and a protobuf
library turns ids into base64 when it writes JSON.
"""

import base64
import binascii
import re
from functools import lru_cache

_HEX = re.compile(r"[0-9a-fA-F]+")


@lru_cache(maxsize=1024)  # The spans of a trace come together.
def trace_id(text: str) -> str:
    """A trace id in any of its spellings as 32 digits; raises ValueError where it is none."""
    return _normal(text, 32)


def span_id(text: str) -> str:
    """A span id in any of its spellings as 16 digits; raises ValueError where it is none."""
    return _normal(text, 16)


def _normal(text: str, digits: int) -> str:
    if len(text) <= digits and _HEX.fullmatch(text):
        normal = text.lower().zfill(digits)
        if normal.strip("0"):
            return normal
    elif text.endswith("="):
        try:
            octets = base64.b64decode(text, validate=True)
        except binascii.Error:
            octets = b""
        if len(octets) * 2 == digits and any(octets):
            return octets.hex()
    raise ValueError(f"id {text[:40]!r} is no {digits} hex digits other than zero")
