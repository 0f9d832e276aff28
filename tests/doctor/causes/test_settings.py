"""Lines that speak of settings."""

import pytest

from tests.doctor.causes.lines import said


@pytest.mark.parametrize(
    "line",
    [
        "KeyError: 'HF_TOKEN'",
        'KeyError: "HF_TOKEN"',
        "RuntimeError: environment variable HF_TOKEN is not set",
        "Error: Missing required environment variable: HF_TOKEN",
        "ValueError: HF_TOKEN must be set",
        "ValueError: HF_TOKEN environment variable is not set",
        "Please set the environment variable HF_TOKEN",
        "pydantic: Did not find HF_TOKEN, please add an environment variable",
        "./entrypoint.sh: line 4: HF_TOKEN: unbound variable",
        "sh: 1: HF_TOKEN: parameter not set",
    ],
)
def test_a_missing_variable_is_named(line):
    """However the program says it."""
    assert said(line) == ("missing-variable", "the variable HF_TOKEN is not given")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ValueError: invalid literal for int() with base 10: ''", "a variable that is to be a number is ''"),
        ("server.py: error: unrecognized arguments: --modle", "its command line is refused: --modle"),
        ("error: the following required arguments were not provided:", "its command line is refused"),
        (
            "redis: Redis URL must specify one of the following schemes",
            "its connection string is no address of a database",
        ),
    ],
)
def test_other_wrong_settings_are_named(line, words):
    """With what is wrong in them."""
    assert said(line)[1] == words


@pytest.mark.parametrize(
    "line", ["KeyError: 'text'", "INFO LOGFLAG is set", "Environment variables loaded", "HTTP_PROXY=x"]
)
def test_what_speaks_of_no_missing_variable_is_left_alone(line):
    """Keys of data are no variables, and what is set is not missing."""
    assert said(line) is None
