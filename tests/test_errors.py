"""The tree of errors."""

import inspect

import harness.errors
from harness.errors import HarnessError


def test_every_error_stands_in_the_tree_of_the_docstring():
    """The docstring draws all errors there are."""
    names = [
        name
        for name, each in inspect.getmembers(harness.errors, inspect.isclass)
        if issubclass(each, HarnessError)
    ]

    assert [name for name in names if name not in harness.errors.__doc__] == []


def test_every_error_has_an_exit_code_of_its_kind():
    """Usage is 2, internal 3, environment 4, as the docstring says."""
    codes = {
        name: each.exit_code
        for name, each in inspect.getmembers(harness.errors, inspect.isclass)
        if issubclass(each, HarnessError)
    }

    assert codes == {
        "HarnessError": 3,
        "UsageError": 2,
        "ScenarioError": 2,
        "ContractError": 2,
        "FaultError": 3,
        "StackError": 4,
        "TraceError": 4,
    }


def test_in_one_line_it_says_what_and_why():
    """The first line of the message and the last of the log; no password."""
    words = "db: ended with code 1; its last words:\n  Traceback\n  KeyError: postgresql://user:hidden@db/v"

    assert HarnessError(words).in_one_line == (
        "db: ended with code 1; its last words: KeyError: postgresql://user:[redacted]@db/v"
    )
    assert HarnessError("no Docker").in_one_line == "no Docker"
