"""What a kind of check says of itself."""

from typing import get_args

from harness.contract.kind import LEVELS, Level
from harness.contract.promises import EXAMPLE


def test_every_level_is_said_in_words():
    """In their order."""

    assert tuple(LEVELS) == get_args(Level)


def test_a_kind_has_a_page_of_its_name():
    """Among the pages of checks."""

    assert EXAMPLE.page == "example.md"
