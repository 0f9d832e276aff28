"""Runs a module of ours in another environment's interpreter, which sees our packages and nothing else of ours.

    OTHER/bin/python -P harness/gateway/elsewhere.py harness.gateway.opea

The folder our packages stand in may be a whole site-packages, so it never goes onto the other interpreter's path.
"""

import runpy
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

PACKAGES = frozenset({"harness", "mocks", "scenarios"})
ROOT = Path(__file__).resolve().parents[2]


class OurPackages(MetaPathFinder):
    """Finds our packages by name, where they are."""

    def find_spec(
        self,
        fullname: str,
        _path: Sequence[str] | None,
        _target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """The package of this name, if it is one of ours; what is in it is found by Python's own ways."""
        if fullname not in PACKAGES:
            return None
        folder = ROOT / fullname
        return spec_from_file_location(
            fullname, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )


def main(argv: Sequence[str]) -> None:
    """Run the module that the first argument names, as `python -m` would."""
    sys.meta_path.append(OurPackages())
    sys.argv = list(argv)
    runpy.run_module(argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
