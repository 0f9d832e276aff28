"""What takes a value for whichever of several models fits it best."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from pydantic import TypeAdapter


def adapter(models: Iterable[Any]) -> TypeAdapter[Any]:
    """The union of models, tried as FastAPI tries it; there must be one at least."""
    return TypeAdapter(reduce(or_, dict.fromkeys(models)))
