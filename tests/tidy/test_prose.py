"""The rules for prose, broken. What is looked for is put together here, so that this file does not hold it."""

import pytest

from tests.tidy import prose


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "harness/a.py:1: the module is empty; say in a docstring what it is for, or take it out"),
        ("x = 1", "harness/a.py:1: the module has no docstring"),
        ("'''A.'''\ndef f(): ...", "harness/a.py:2: f has no docstring"),
        ("'''A.'''\nasync def f(): ...", "harness/a.py:2: f has no docstring"),
        ("'''A.'''\nclass A: ...", "harness/a.py:2: A has no docstring"),
        ("'''A.'''\nclass A:\n    '''B.'''\n    def f(self): ...", "harness/a.py:4: f has no docstring"),
        ("'''A.'''\nif 1:\n    def f(): ...", "harness/a.py:3: f has no docstring"),
    ],
)
def test_what_is_public_and_does_not_say_what_it_is_is_reported(lay, text, message):
    """Modules, classes, functions and methods without a docstring are named."""
    assert prose.docstrings(lay({"harness/a.py": text})) == [message]


def test_what_is_private_needs_no_docstring(lay):
    """Names with an underscore, inner functions, overloads and setters may be silent."""
    text = """'''A.'''
def _f(): ...
class _A:
    def f(self): ...
class B:
    '''B.'''
    def __init__(self): ...
    @typing.overload
    def g(self): ...
    @h.setter
    def h(self, value): ...
def i():
    '''I.'''
    def j(): ...
"""
    assert prose.docstrings(lay({"harness/a.py": text})) == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("    pass", "test_a has no docstring; state its claim in a sentence"),
        ("    '''words without an end'''", "the docstring of test_a is no sentence; end it with a full stop"),
    ],
)
def test_a_test_without_a_claim_is_reported(lay, body, message):
    """Each test states its claim in a sentence, in classes as well."""
    found = prose.claims(lay({"tests/test_x.py": f"async def test_a():\n{body}\n"}))

    assert found == [f"tests/test_x.py:1: {message}"]


def test_a_test_with_a_claim_is_not_reported(lay):
    """A sentence passes, and what is no test needs none."""
    text = "def test_a():\n    '''A holds.\n\n    And more'''\ndef ask(): ...\n"

    assert prose.claims(lay({"tests/test_x.py": text, "tests/x.py": "def test_b(): ..."})) == []


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME"])
def test_a_promise_without_an_issue_is_reported(lay, word):
    """What is left for later has an issue that keeps it."""
    checkout = lay(
        {"harness/a.py": f"x = 1  # {word}: later\n", "docs/b.md": f"{word}(#12) and {word} #12 are kept"}
    )

    assert prose.promises(checkout) == [
        f"harness/a.py:1: {word} has no issue number; write for example {word}(#12)"
    ]


@pytest.mark.parametrize(
    "path", ["/wo" + "rk/main", "/ro" + "ot/x", "/ho" + "me/ann/x", "/tmp" + "/w/x", "sha" + "red/facts"]
)
def test_a_path_of_one_machine_is_reported(lay, path):
    """A folder that exists here only is named, in prose, code and data alike."""
    (found,) = prose.machine_paths(lay({"tests/data/a.json": f'\n{{"a": "{path}"}}'}))

    assert found.startswith(f"tests/data/a.json:2: {path}")
    assert found.endswith("is a path of one machine; say where upstream it is from, or take it from tmp_path")


def test_a_path_that_is_everybodys_is_not_reported(lay):
    """Routes, upstream paths and the home of OPEA's images are nobody's machine."""
    text = "/v1/work/done a/work/b /usr/bin/chromium " + "/ho" + "me/user/comps/cores " + "net" + "work/x"

    assert prose.machine_paths(lay({"docs/a.md": text})) == []


@pytest.mark.parametrize(
    "words",
    [
        "https://py" + "pi.org/simple",
        "files.python" + "hosted.org",
        "DEB." + "Debian.org",
        "--index" + "-url x",
    ],
)
def test_a_package_index_is_reported(lay, words):
    """Where packages come from is the machine's own affair."""
    (found,) = prose.index_hosts(lay({"Makefile": f"a\nb {words}"}))

    assert found.startswith("Makefile:2: ")
    assert found.endswith("names a package index; leave that to the machine's settings")


@pytest.mark.parametrize("call", ["import time\ntime.sleep(1)", "from time import sleep\nsleep(1)"])
def test_a_test_that_sleeps_is_reported(lay, call):
    """A test waits for a state, with a limit, and not for a time; what is no test may sleep."""
    found = prose.sleeps(lay({"tests/test_a.py": call, "harness/a.py": call}))

    assert found == ["tests/test_a.py:2: time.sleep waits for no state; poll the state, with a limit"]


@pytest.mark.parametrize(
    "code",
    [
        "import time\nwhile not ready():\n    time.sleep(0.02)",
        "import time\nfor _ in range(9):\n    if ready():\n        break\n    time.sleep(0.02)",
        "import time\nasync def block():\n    time.sleep(0.2)",
    ],
    ids=["while", "for", "coroutine"],
)
def test_polling_and_blocking_on_purpose_are_not_reported(lay, code):
    """A loop paces its looks at a state, and a coroutine that sleeps holds up the loop on purpose."""
    assert prose.sleeps(lay({"tests/test_a.py": code})) == []
