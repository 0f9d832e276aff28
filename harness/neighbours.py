"""Are `mocks`, `scenarios` and `reports` the packages that came with the harness? Their names are common enough to be others' too."""

from importlib.util import find_spec
from pathlib import Path

from harness.errors import StackError

NEIGHBOURS = ("mocks", "scenarios", "reports")
HOME = Path(__file__).parents[1]


def check_neighbours(names: tuple[str, ...] = NEIGHBOURS) -> None:
    """Raise StackError where another package of such a name comes first on Python's path; nothing is imported for it."""
    for name in names:
        where = _places(name)
        if not any((HOME / name).samefile(place) for place in where if place.exists()):
            found = f"is {where[0]}" if where else "is not there"
            raise StackError(
                f"{name}: {found}, not the package of opea-harness in {HOME}; "
                "another of that name comes first on Python's path: start from another folder, or take it off PYTHONPATH"
            )


def _places(name: str) -> list[Path]:
    """The package's folders, or the module's file."""
    spec = find_spec(name)
    if spec is None:
        return []
    return [Path(place) for place in spec.submodule_search_locations or [spec.origin or ""]]
