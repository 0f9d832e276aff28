"""White space around JSON changes nothing."""

import orjson

from harness.faults.extra_whitespace import FAULTS, padded


def test_the_json_is_the_same():
    """Other bytes, same value; a correct megaservice answers as ever."""
    assert padded(b'{"a":1}') != b'{"a":1}'
    assert orjson.loads(padded(b'{"a":1}')) == {"a": 1}
    assert FAULTS[0].expected.outcome == "same"
