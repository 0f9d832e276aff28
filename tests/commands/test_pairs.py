"""A name and what it is given come apart at the first equals sign; what is none of that is refused in one sentence."""

import pytest

from harness.commands.pairs import pair
from harness.errors import UsageError

FORM = "NAME=PLACE, such as llm=mock"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("llm=mock", ("llm", "mock")), ("llm=http://h:1/?a=b", ("llm", "http://h:1/?a=b"))],
)
def test_a_pair_is_read(text, expected):
    """Further equals signs are the value's."""
    assert pair("--node", text, FORM) == expected


@pytest.mark.parametrize("text", ["llm", "=mock", "llm=", ""])
def test_what_is_no_pair_is_refused(text):
    """With the option, what was given, and what would be right."""
    with pytest.raises(UsageError, match=f"^--node {text}: is no NAME=PLACE, such as llm=mock$"):
        pair("--node", text, FORM)


def test_a_value_may_be_empty_where_it_is_said_so():
    """As a variable's may; its name may not."""
    assert pair("--env", "A=", FORM, may_be_empty=True) == ("A", "")
    with pytest.raises(UsageError, match="--env =1: is no"):
        pair("--env", "=1", FORM, may_be_empty=True)
