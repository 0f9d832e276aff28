"""What is said beside a name that is none: which names there are, or of many the nearest."""

from collections.abc import Iterable
from difflib import get_close_matches

LISTED_MAX = 16  # More than a reader looks through.
NEAREST_MAX = 5


def names_there_are(wrong: str, names: Iterable[str]) -> str:
    """`there are a, b`; where they are many and some are near the wrong one, only those: `the nearest of 84 are a, b`."""
    known = sorted(names)
    near = [name for name in known if wrong and wrong in name] or get_close_matches(wrong, known, NEAREST_MAX)
    if len(known) <= LISTED_MAX or not near:
        return f"there are {', '.join(known)}"
    return f"the nearest of {len(known)} are {', '.join(near[:NEAREST_MAX])}"
