"""Where what is costly to make is kept."""

from pathlib import Path

import pytest

from harness.cache import cache_dir


@pytest.mark.parametrize(
    ("variables", "cache"),
    [
        ({"OPEA_HARNESS_CACHE": "/c", "XDG_CACHE_HOME": "/x"}, Path("/c")),
        ({"XDG_CACHE_HOME": "/x"}, Path("/x/opea-harness")),
        ({"XDG_CACHE_HOME": "relative"}, Path.home() / ".cache" / "opea-harness"),
        ({}, Path.home() / ".cache" / "opea-harness"),
    ],
)
def test_the_cache_is_where_variables_say(variables, cache):
    """Ours first, then everybody's, then the user's own."""
    assert cache_dir(variables) == cache
