"""Times as Jaeger's API writes them, exactly: no nanosecond passes through a float."""

import re
from datetime import UTC, datetime
from fractions import Fraction

_UNITS_NS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_PIECE = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:\d\d)")


def go_duration_ns(text: str) -> int:
    """A duration in Go's writing ("1.2ms", "1m30s", "850us") in nanoseconds; raises ValueError."""
    pieces = _PIECE.findall(text)
    if not pieces or "".join(number + unit for number, unit in pieces) != text:
        raise ValueError(f"duration {text[:40]!r} is not like 1.2ms, 850us or 1m30s")
    return int(sum(Fraction(number) * _UNITS_NS[unit] for number, unit in pieces))


def rfc3339(at_ns: int) -> str:
    """Nanoseconds since 1970 as RFC 3339 with nine decimals."""
    seconds, rest_ns = divmod(at_ns, 10**9)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest_ns:09d}Z"


def rfc3339_ns(text: str) -> int:
    """RFC 3339 in nanoseconds since 1970; raises ValueError."""
    found = _RFC3339.fullmatch(text)
    if found is None:
        raise ValueError(f"time {text[:40]!r} is not like 2026-11-22T21:30:00.123456789Z")
    moment = datetime.fromisoformat(found[1].upper() + found[3].upper().replace("Z", "+00:00"))
    return int(moment.timestamp()) * 10**9 + int((found[2] or "").ljust(9, "0"))
