"""What servers do that read their JSON themselves: they take it for JSON whatever type it is said to be."""

from typing import Any

import orjson

from harness.comp import Deviation


def _is_object(body: Any) -> bool:
    """Is it text that would be a request, if it were said to be JSON?"""
    try:
        return isinstance(body, str) and isinstance(orjson.loads(body), dict)
    except orjson.JSONDecodeError:
        return False


ANY_TYPE = Deviation(
    "any-content-type",
    "JSON is taken for JSON whatever type it is said to be",
    _is_object,
    200,
    taken_as=orjson.loads,
)
