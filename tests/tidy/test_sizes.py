"""The ratchet, broken."""

import pytest

from tests.tidy.sizes import EXCEPTIONS, sizes


def _function(lines):
    return "def f():\n" + "    pass\n" * (lines - 1)


def test_what_is_as_large_as_its_limit_is_not_reported(lay):
    """400 lines, a function of 50 and 12 imports beside the standard library's pass."""
    text = (
        "import a\n" * 10
        + "from a import b\nfrom . import c\nimport json, os.path\nfrom re import A\n"
        + _function(50)
    )

    assert sizes(lay({"harness/a.py": text + "a\n" * (400 - 64)})) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n" * 401, "harness/a.py:1: module has 401 lines; 400 is the most"),
        ("\n" + _function(51), "harness/a.py:2: f has 51 lines; 50 is the most"),
        (
            "import a\n" * 13,
            "harness/a.py:1: imports has 13 top-level imports of what is not the standard library; 12 is the most",
        ),
    ],
)
def test_what_is_larger_than_its_limit_is_reported(lay, text, message):
    """A module, a function and a list of imports too long are named with their size and the limit."""
    found = sizes(lay({"harness/a.py": text}))

    assert found == [message]


def test_an_exception_lets_exactly_that_much_pass(lay):
    """An exception names what it excepts and how large it is."""
    exceptions = "# Why.\n\nfunction harness/a.py::A.f 52\n"
    method = "class A:\n    def f(self):\n" + "        pass\n" * 51

    assert sizes(lay({"harness/a.py": method, EXCEPTIONS: exceptions})) == []


@pytest.mark.parametrize(
    ("exception", "message"),
    [
        ("function harness/a.py::f 60", "function harness/a.py::f has shrunk to 55; lower its 60"),
        ("module harness/a.py 500", "module harness/a.py needs no exception any more; take its line out"),
        (
            "module harness/gone.py 500",
            "module harness/gone.py needs no exception any more; take its line out",
        ),
    ],
)
def test_an_exception_larger_than_what_it_excepts_is_reported(lay, exception, message):
    """The list may only shrink: an entry follows what it excepts down, and goes when it is not needed."""
    exceptions = f"function harness/a.py::f 55\n{exception}\n"

    found = sizes(lay({"harness/a.py": _function(55), EXCEPTIONS: exceptions}))

    assert found == [f"{EXCEPTIONS}: {message}"]


def test_an_exception_that_is_outgrown_is_reported(lay):
    """What has an exception may not grow either."""
    found = sizes(lay({"harness/a.py": _function(56), EXCEPTIONS: "function harness/a.py::f 55\n"}))

    assert found == ["harness/a.py:1: f has 56 lines; 55 is the most"]


def test_a_line_that_is_no_exception_is_reported(lay):
    """A slip in the list is not read as nothing."""
    found = sizes(lay({EXCEPTIONS: "harness/a.py 55\n"}))

    assert found == [
        f"{EXCEPTIONS}:1: 'harness/a.py 55' is no exception; write for example: module harness/cli.py 410"
    ]
