"""A temporary checkout for the tests that break a rule."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tidy.tree import Checkout

Lay = Callable[[dict[str, str]], Checkout]


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Return what lays files, given as path to text, into a checkout of their own."""

    def laid(files: dict[str, str]) -> Checkout:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return Checkout(tmp_path)

    return laid
