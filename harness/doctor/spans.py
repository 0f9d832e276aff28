"""A span of time as people say it."""

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def span(seconds: float) -> str:
    """`45 s`, `9 min`, `3 h`, `2 d`: whole units, the largest that fits once."""
    for unit_s, name in _UNITS:
        if seconds >= unit_s:
            return f"{seconds // unit_s:.0f} {name}"
    return f"{max(seconds, 0):.0f} s"
