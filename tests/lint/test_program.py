"""A Python file, read and not run."""

import pytest

from harness.errors import UsageError
from harness.lint.program import read_program


def program(write, text):
    """Read a file with this text."""
    (path,) = write({"m.py": text})
    return read_program(path)


def test_scopes_are_the_module_its_functions_and_methods(write):
    """With the class that each belongs to."""
    found = program(write, "x = 1\nclass C:\n    def m(self): ...\nasync def f(): ...\n")

    assert [(scope.owner, scope.name) for scope in found.scopes] == [("", ""), ("C", "m"), ("", "f")]


def test_a_class_shares_what_it_keeps_on_itself(write):
    """What one method assigns to `self`, another reads; its own names it does not."""
    found = program(
        write, "class C:\n    def a(self):\n        self.x = 'x'\n        y = 'y'\n    def b(self): ...\n"
    )
    names = found.scopes[-1].names

    assert names.find("self.x") is not None
    assert names.find("y") is None


def test_a_file_is_not_run(write, tmp_path):
    """Whatever it would do."""
    program(write, f"open({str(tmp_path / 'ran')!r}, 'w')\nraise SystemExit(1)\n")

    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(("text", "line"), [("x = 1\ndef f(:\n", 2), ("x = '\0'", 0)])
def test_a_file_that_is_no_python_is_said_with_its_line(write, text, line):
    """As Python would."""
    with pytest.raises(UsageError, match=f"m.py:{line}: is no Python: "):
        program(write, text)
