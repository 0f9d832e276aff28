"""A kind of check: at which level of a comp's examination it stands, why it is there, how to repeat it, how to mend it.

Each module of checks states its kinds beside them; the pages of `docs/checks/` are written from these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Level = Literal["L0", "L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8", "L9", "L10", "L11", "L12"]

LEVELS: Mapping[Level, str] = {
    "L0": "the image itself",
    "L1": "it starts",
    "L2": "it is ready, and says so",
    "L3": "its OpenAPI document",
    "L4": "its answers",
    "L5": "its streams",
    "L6": "what it does when what it needs fails",
    "L7": "its telemetry",
    "L8": "what it uses",
    "L9": "many at once",
    "L10": "what it remembers",
    "L11": "it stops",
    "L12": "it works with others",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of check; `name` is the part of a check's id that says it.

    `by_hand` is shell that shows the same, with `$URL` for where the comp answers; `fix` says what to do in a comp of OPEA.
    """

    name: str
    level: Level
    says: str
    why: str
    by_hand: str
    fix: str

    @property
    def page(self) -> str:
        """The file of its page in `docs/checks/`."""
        return f"{self.name}.md"
