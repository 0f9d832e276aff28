"""Where the harness keeps what is costly to make: environments, programs, images, an empty cluster."""

from collections.abc import Mapping
from pathlib import Path

VARIABLE = "OPEA_HARNESS_CACHE"


def cache_dir(variables: Mapping[str, str]) -> Path:
    """Where the harness keeps what it builds: OPEA_HARNESS_CACHE, else `opea-harness` in the user's cache."""
    own = variables.get(VARIABLE)
    if own:
        return Path(own).expanduser().absolute()
    everybodys = variables.get("XDG_CACHE_HOME") or ""
    # The XDG specification has relative paths ignored.
    parent = Path(everybodys) if Path(everybodys).is_absolute() else Path.home() / ".cache"
    return parent / "opea-harness"
