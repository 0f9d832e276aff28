"""YAML with its lines."""

import pytest

from harness.errors import UsageError
from harness.lint.finding import Spot, Text
from harness.lint.yaml_tree import Many, Table, merged, read, texts


def tree(write, text):
    """Return what a file with this text holds."""
    (path,) = write({"c.yaml": text})
    return read(path)


def test_everything_knows_its_line_and_keeps_its_spelling(write):
    """Keys, texts and lists; no number, no truth value is made of a text."""
    found = tree(write, "a:\n  b: 0123\n  c:\n    - yes\n    - 8888:8888\n")
    inner = found.table("a")

    assert [(each.text, each.spot.line) for each in texts(found)] == [
        ("0123", 2),
        ("yes", 4),
        ("8888:8888", 5),
    ]
    assert [inner.keys["b"].line, inner.keys["c"].line] == [2, 3]


def test_anchors_and_merge_keys_are_followed(write):
    """What a mapping says itself goes before what it merges in."""
    found = tree(write, "x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\n").table("y")

    assert [found.text("a").text, found.text("b").text] == ["1", "3"]


def test_what_is_not_there_is_empty(write):
    """No key, a null, or something of another kind."""
    found = tree(write, "a: 1\nb:\n")

    assert (found.table("a").items, found.text("b"), found.texts("nope")) == ({}, None, ())


def test_one_text_is_a_list_of_one(write):
    """`command: x` and `command: [x]`."""
    found = tree(write, "a: x\nb: [x, [y]]\n")

    assert [[each.text for each in found.texts(key)] for key in "ab"] == [["x"], ["x"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: b\n c: d\n", "c.yaml:2: is no YAML: "),
        ("- a\n", "c.yaml: holds no mapping; a compose file has `services:`"),
        ("", "c.yaml: holds no mapping"),
        ("a: \x07\n", "c.yaml: is no YAML: "),
    ],
)
def test_a_file_that_is_none_is_said(write, text, words):
    """With the line where there is one."""
    with pytest.raises(UsageError) as raised:
        tree(write, text)

    assert words in str(raised.value)


def test_a_later_tree_goes_over_an_earlier_one():
    """Mappings key by key, lists one after the other, texts replaced; tags say otherwise."""
    at = Spot("f", 1)

    def table(**items):
        return Table(items, at, dict.fromkeys(items, at))

    one, two, reset = Text("1", at), Text("2", at), Many((), at, "!reset")
    below = table(a=one, b=Many((one,), at), c=table(d=one), e=one, g=Many((one,), at))
    above = table(a=two, b=Many((two,), at), c=table(f=two), e=reset, g=Many((two,), at, "!override"))
    both = merged(below, above)

    assert [each.text for each in texts(both)] == ["2", "1", "2", "1", "2", "2"]
    assert list(both.items) == ["a", "b", "c", "g"]
    assert merged(one, None) == one


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x]\nb: &b ["
        + ", ".join(["*a"] * 200)
        + "]\nc: &c ["
        + ", ".join(["*b"] * 200)
        + "]\nd: [*c, *c, *c]\n",
        "a: &a [*a]\n",
    ],
    ids=["aliases of aliases", "an alias of itself"],
)
def test_a_file_that_grows_without_end_is_refused(write, text):
    """Aliases that multiply, or that hold themselves."""
    with pytest.raises(UsageError, match=r"c.yaml(:\d+)?: (holds more than can be read|is no YAML)"):
        tree(write, text)
