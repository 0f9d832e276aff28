"""The W3C trace context: which trace a request belongs to, and under which span.

Written to and read from the header `traceparent` (https://www.w3.org/TR/trace-context/).
"""

import os
import re
from dataclasses import dataclass

_TRACEPARENT = re.compile(
    r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?"
)
# Nearly every one that comes; what else may come is for `Context.parse`.
_PLAIN = re.compile(rb"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-(0[01])")


def below(header: bytes | None) -> bytes:
    """The `traceparent` of a new place under the one that a header gives, or in a new trace where it gives none."""
    found = _PLAIN.fullmatch(header) if header else None
    if found is not None:
        return b"00-%s-%s-%s" % (found[1], os.urandom(8).hex().encode(), found[2])
    parent = Context.parse(header.decode("latin-1")) if header else None
    return (parent.child() if parent else Context.new()).traceparent.encode()


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
        return cls(os.urandom(16).hex(), os.urandom(8).hex())

    @classmethod
    def parse(cls, header: str | None) -> "Context | None":
        """Read a `traceparent` header; None where there is none or it breaks the standard."""
        found = _TRACEPARENT.fullmatch(header.strip()) if header else None
        if found is None or (found[1] == "00" and found[5]):
            return None
        return cls(found[2], found[3], sampled=bool(int(found[4], 16) & 1))
