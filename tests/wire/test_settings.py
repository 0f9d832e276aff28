"""A process of wires is told everything in one JSON object, or says what is wrong with it."""

from pathlib import Path

import pytest

from harness.errors import StackError
from harness.wire.settings import parse


def test_what_is_not_said_has_its_default():
    """A node and its address suffice."""
    settings = parse(b'{"wires": [{"node": "llm", "upstream": "http://127.0.0.1:1"}]}')
    (wire,) = settings.wires

    assert (wire.comp, wire.streams, wire.dialect, wire.port) == ("", False, "openai", 0)
    assert (settings.otlp, settings.journal, settings.keep_bytes, settings.folders) == (
        None,
        None,
        16_384,
        (),
    )


def test_all_that_can_be_said():
    """The fields that a stack writes are read, and ones of later versions are passed over."""
    settings = parse(
        b'{"wires": [{"node": "a", "comp": "c", "upstream": "http://h:1", "dialect": "tgi",'
        b' "streams": true}], "otlp": "http://h:2", "journal": "j.jsonl", "keep_bytes": 5, "run_id": "r",'
        b' "folders": ["f"], "later": 1}'
    )

    assert settings.wires[0].dialect == "tgi"
    assert (settings.journal, settings.keep_bytes, settings.folders) == (Path("j.jsonl"), 5, (Path("f"),))


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"{", "^wires: the configuration is no JSON: "),
        (b"[]", "^wires: the configuration: Input should be .*, seen '\\[\\]'$"),
        (
            b'{"wires": [{"node": "a", "upstream": "u", "dialect": "x"}]}',
            "^wires: wires.0.dialect: .*, seen 'x'$",
        ),
        (
            b'{"wires": [{"node": "a", "upstream": "u"}, {"node": "a", "upstream": "u"}]}',
            "^wires: node a stands twice; a node has one wire$",
        ),
    ],
)
def test_what_is_wrong_is_named(document, words):
    """The message says where, what, and what was seen."""
    with pytest.raises(StackError, match=words):
        parse(document)
