"""What is linted together: megaservices, one compose stack, and what the comps are known to promise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from harness.discovery import COMP, discover
from harness.errors import UsageError
from harness.lint.compose import Compose, read_compose
from harness.lint.contracts import Contracts
from harness.lint.megaservice import Megaservice, read_megaservice
from harness.lint.variables import assigned

YAML = (".yaml", ".yml")
SETTINGS = (".env", ".sh")


@dataclass(frozen=True)
class Sources:
    """Everything that was given; `folders` are searched for further comps."""

    megaservices: tuple[Megaservice, ...] = ()
    compose: Compose | None = None
    folders: tuple[Path, ...] = ()

    @property
    def are_empty(self) -> bool:
        """Is there nothing for a rule to look at: no orchestrator, no MicroService, no hook, no service?"""
        services = self.compose.services if self.compose else {}
        return not services and not any(each.hooks or each.program.builds for each in self.megaservices)

    @cached_property
    def contracts(self) -> Contracts:
        """What all comps promise; they are looked for when a rule first asks."""
        return Contracts(discover(COMP, self.folders))


def read_sources(paths: Sequence[Path], folders: tuple[Path, ...] = ()) -> Sources:
    """The files by their kind: Python, compose files (each over those before it), env files and shell scripts.

    Raises UsageError for a file that is not there, is of no such kind, or cannot be read.
    """
    for path in paths:
        if not path.is_file():
            raise UsageError(
                f"{path}: is no file; lint takes megaservices (.py) and compose files (.yaml, .yml)"
            )
        if path.suffix not in (".py", *YAML) and not _is_settings(path):
            raise UsageError(
                f"{path}: is of a kind that lint does not know; it takes .py, .yaml, .yml, and .env and .sh for variables"
            )
    composed = [path for path in paths if path.suffix in YAML]
    try:
        compose = read_compose(composed, _given(paths)) if composed else None
        programs = tuple(read_megaservice(path) for path in paths if path.suffix == ".py")
    except OSError as error:
        raise UsageError(f"{error.filename}: cannot be read: {error.strerror}") from error
    return Sources(programs, compose, folders)


def _is_settings(path: Path) -> bool:
    return path.suffix in SETTINGS or path.name.startswith(".env")


def _given(paths: Sequence[Path]) -> Mapping[str, str | None]:
    given: dict[str, str | None] = {}
    for path in paths:
        if _is_settings(path):
            given |= assigned(path.read_text(encoding="utf-8", errors="replace"))
    return given
