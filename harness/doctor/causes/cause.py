"""What a line of a log says of why a program ended or fails."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """One meaning of a line; `{name}` in `says` and `fix` stand for the pattern's groups.

    `weight` decides where several lines of one log mean something: 2 names a thing, 1 only says what failed, 0 is a last resort.
    """

    id: str
    patterns: tuple[re.Pattern[str], ...]
    says: str
    fix: str
    weight: int = 2


def cause(id_: str, *patterns: str, says: str, fix: str, weight: int = 2) -> Cause:
    """A cause of these regular expressions, upper and lower case as they are written."""
    return Cause(id_, tuple(re.compile(each) for each in patterns), says, fix, weight)
