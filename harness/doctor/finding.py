"""What a rule of the doctor is, and what it finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.doctor.case import Case


class Rank(IntEnum):
    """How near to the root a finding is; what is nearer is told first."""

    MACHINE = 0
    DOWN = 1
    SETTING = 2
    ANSWER = 3
    DOUBT = 4


@dataclass(frozen=True, slots=True)
class Found:
    """What one rule saw of one service: the cause in one sentence, what shows it, and what to do.

    `cause` is the translated cause's id, where a log told it. `because` names another service whose trouble is behind this one.
    """

    service: str
    what: str
    evidence: tuple[str, ...]
    fix: str
    cause: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of going wrong; with the rank `DOUBT` it only says what could not be told."""

    id: str
    rank: Rank
    says: str
    find: Callable[["Case"], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is told of one thing that is wrong."""

    id: str
    service: str
    what: str
    evidence: tuple[str, ...]
    fix: str
    cause: str = ""
