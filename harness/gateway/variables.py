"""The environment of a megaservice's process: what it is given."""

import os
from collections.abc import Mapping


def give(variables: Mapping[str, str]) -> None:
    """Set variables of this process, before what reads them is imported."""
    os.environ.update(variables)
