"""The variables that a file reads."""

import pytest

from harness.lint.environment import reads, reads_all
from harness.lint.program import read_program


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("os.environ['A']", ("A", False, True)),
        ("os.getenv('A')", ("A", False, False)),
        ("os.getenv('A', 1)", ("A", True, False)),
        ("getenv('A') or 1", ("A", True, False)),
        ("1 or os.getenv('A')", ("A", False, False)),
        ("environ.get('A', None)", ("A", True, False)),
    ],
)
def test_a_read_is_known_by_what_holds_without_it(write, text, expected):
    """Its name, whether there is something to fall back on, whether it must be there."""
    (path,) = write({"m.py": text})
    (found,) = reads(read_program(path))

    assert (found.variable, found.falls_back, found.must) == expected


def test_a_variable_that_is_asked_for_may_be_missing(write):
    """`in os.environ` shows that the file knows."""
    (path,) = write({"m.py": "x = os.environ['A'] if 'A' in os.environ else 1\nos.environ['B'] = '1'"})

    assert {(read.variable, read.falls_back) for read in reads(read_program(path))} == {("A", True)}


@pytest.mark.parametrize(
    ("text", "is_all"),
    [
        ("os.getenv('A')", False),
        ("os.environ['A'] = 'b'", False),
        ("'A' in os.environ", False),
        ("dict(os.environ)", True),
        ("os.getenv(name)", True),
        ("f'{os.environ}'", True),
    ],
)
def test_a_file_that_may_read_any_is_known(write, text, is_all):
    """The whole environment, or a name that is worked out."""
    (path,) = write({"m.py": text})

    assert reads_all(read_program(path)) is is_all
