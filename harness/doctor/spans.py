"""A span of time as people say it."""

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def span(seconds: float) -> str:
    """`45 s`, `9 min`, `3 h`, `2 d`: whole units, the largest that fits once."""
    whole = round(max(seconds, 0))
    for unit_s, name in _UNITS:
        if whole >= unit_s:
            return f"{whole // unit_s} {name}"
    return f"{whole} s"
