"""Where the harness keeps the Jaeger that it built, and which one that is: the last of Jaeger's first line."""

from dataclasses import dataclass
from pathlib import Path

from harness.errors import StackError

VERSION = "1.76.0"
MARK = "opea-harness.json"


@dataclass(frozen=True, slots=True)
class Binary:
    """A Jaeger all-in-one in the folder `path`; it is whole when its mark is there."""

    path: Path

    @property
    def program(self) -> Path:
        """The program itself, which is linked statically and so runs anywhere, also in an empty image."""
        return self.path / "jaeger-all-in-one"

    @property
    def mark(self) -> Path:
        """What is written last, and says what was built."""
        return self.path / MARK

    @property
    def is_built(self) -> bool:
        """Can it be run?"""
        return self.mark.is_file() and self.program.is_file()


def binary(cache: Path) -> Binary:
    """The Jaeger of that cache, built or not."""
    return Binary(cache / f"jaeger-{VERSION}")


def built(cache: Path) -> Binary:
    """The Jaeger of that cache; raises StackError where it is not built yet."""
    found = binary(cache)
    if not found.is_built:
        raise StackError(
            f"--jaeger process: there is no Jaeger {VERSION} at {found.path}; `opea-harness setup jaeger` builds it once"
        )
    return found
