"""The W3C trace context: which trace a request belongs to, and under which span.

Written to and read from the header `traceparent` (https://www.w3.org/TR/trace-context/).
"""

import os
import re
from binascii import hexlify
from dataclasses import dataclass

_TRACEPARENT = re.compile(
    r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?"
)
_HEX = b"0123456789abcdef"


def below(header: bytes | None) -> bytes:
    """The `traceparent` of a new place under the one that a header gives, or in a new trace where it gives none."""
    if header and _is_plain(header):
        return header[:36] + hexlify(os.urandom(8)) + header[52:]
    parent = Context.parse(header.decode("latin-1")) if header else None
    return (parent.child() if parent else Context.new()).traceparent.encode()


def _is_plain(header: bytes) -> bool:
    """Whether it is as nearly every one is; others are for `Context.parse`. No pattern is matched: this stands in each hop's way."""
    return (
        header[:3] == b"00-"
        and header[35:36] == header[52:53] == b"-"
        and header[53:] in (b"00", b"01")
        and header.translate(None, _HEX) == b"---"
        and header[3:35] != b"0" * 32
        and header[36:52] != b"0" * 16
    )


@dataclass(frozen=True, slots=True)
class Context:
    """A place in a trace: `trace_id` of 32 and `span_id` of 16 lower-case hex digits."""

    trace_id: str
    span_id: str
    sampled: bool = True

    @property
    def traceparent(self) -> str:
        """The value of the header that hands this context to the next hop."""
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.sampled else '00'}"

    def child(self) -> "Context":
        """A new place in the same trace."""
        return Context(self.trace_id, os.urandom(8).hex(), self.sampled)

    @classmethod
    def new(cls) -> "Context":
        """The first place of a new trace; ids come from the system, so forked processes never share one."""
        ids = os.urandom(24).hex()
        return cls(ids[:32], ids[32:])

    @classmethod
    def parse(cls, header: str | None) -> "Context | None":
        """Read a `traceparent` header; None where there is none or it breaks the standard."""
        found = _TRACEPARENT.fullmatch(header.strip()) if header else None
        if found is None or (found[1] == "00" and found[5]):
            return None
        return cls(found[2], found[3], sampled=bool(int(found[4], 16) & 1))
