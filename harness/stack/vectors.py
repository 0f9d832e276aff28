"""What the mocks of a stack keep their vectors in: a PostgreSQL of ours, one that runs already, or memory.

Where no node says otherwise it is one of ours, if the extra `postgres` is there and it starts; else it is memory, and that is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from harness.errors import StackError
from harness.postgres.programs import lacking, template_in
from harness.processes.child import Child
from harness.scenario import Scenario
from harness.stack.where import PGVECTOR, Where, keepers, shown

READY_LIMIT_S = 60.0  # A cluster may have to be made first.


@dataclass(slots=True)
class Vectors:
    """`place` is "pgvector", an address, or nothing: memory. `told` says in words where they are, once that is known.

    Where it is only `wished` for and cannot be had, vectors are kept in memory; where a user named it, that is an error.
    """

    place: str
    told: str = ""
    wished: bool = False
    cache: Path | None = None

    @property
    def is_ours(self) -> bool:
        """Is it a PostgreSQL that is still to be started?"""
        return self.place == PGVECTOR

    @property
    def options(self) -> tuple[str, ...]:
        """With what its process is started."""
        return ("--template", str(template_in(self.cache))) if self.cache else ()

    async def settings(self, children: dict[str, Child]) -> Mapping[str, str]:
        """The settings by which mocks find it; none for memory. Raises StackError where what was asked for does not start."""
        if not self.is_ours:
            # Somebody else's gets a collection of our own, which goes with the mocks.
            own = {"OPEA_MOCK_POSTGRES": self.place, "INDEX_NAME": f"opea_harness_{uuid4().hex}"}
            return own if self.place else {}
        try:
            ready = await children["vectors"].ready(READY_LIMIT_S)
        except StackError as error:
            if not self.wished:
                raise
            await children.pop("vectors").stop()
            self.place, self.told = "", f"memory, because {error}"
            return {}
        self.told = f"PostgreSQL {ready['postgresql']} with pgvector {ready['pgvector']}, of this run's own"
        return {"OPEA_MOCK_POSTGRES": ready["dsn"]}


def vectors_of(scenario: Scenario, where: Where) -> Vectors:
    """Where the scenario's vectors are to be kept."""
    if where.database:
        return Vectors(where.database, shown(where.database), cache=where.cache)
    made = where.composition
    if made and (scenario.retriever in made.nodes or "OPEA_MOCK_POSTGRES" in made.settings):
        return Vectors("", f"the containers of {made.name}")
    if not scenario.retriever:
        return Vectors("")
    if not where.vectors or set(keepers(scenario)) & set(where.nodes):
        return Vectors("", "memory")
    if why := lacking():
        return Vectors("", f"memory, because {why}")
    return Vectors(where.vectors, wished=True, cache=where.cache)
