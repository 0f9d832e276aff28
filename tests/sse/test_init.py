"""The package's face."""

import doctest

from harness import sse


def test_the_examples_in_the_docstring_are_true():
    """What the module says it does, it does."""
    results = doctest.testmod(sse)

    assert results.attempted > 5
    assert results.failed == 0


def test_what_is_exported_is_there_and_sorted():
    """The surface is what the list says."""
    assert (
        sorted(sse.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name)) == sse.__all__
    )
    assert all(hasattr(sse, name) for name in sse.__all__)
