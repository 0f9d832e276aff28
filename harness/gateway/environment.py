"""The environment that has opea-comps: built once in the harness's cache, of the versions that opea-comps pins.

It shares nothing with ours: opea-comps pins every package it needs to one version, and we need others.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from harness.errors import StackError

VERSION = "1.5"
REQUIREMENT = f"opea-comps=={VERSION}"
MARK = "opea-harness.json"


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment with opea-comps, at `path`; it is whole when its mark is there."""

    path: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.path / "bin" / "python"

    @property
    def packages(self) -> Path:
        """The folder of its packages."""
        return (
            self.path / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
        )

    @property
    def mark(self) -> Path:
        """What is written last, and says what was built."""
        return self.path / MARK

    @property
    def is_built(self) -> bool:
        """Can it be used? Its interpreter may have gone with the Python that it was made of."""
        return self.mark.is_file() and self.python.exists()


def environment(cache: Path) -> Environment:
    """The environment of this Python version in that cache, built or not."""
    return Environment(cache / f"opea-comps-{VERSION}-py{sys.version_info.major}.{sys.version_info.minor}")


def built(cache: Path) -> Environment:
    """The environment that has opea-comps; raises StackError where it is not built yet."""
    found = environment(cache)
    if not found.is_built:
        raise StackError(
            f"--gateway opea: there is no environment with opea-comps {VERSION} at {found.path}; "
            "`opea-harness setup opea` builds it once"
        )
    return found
