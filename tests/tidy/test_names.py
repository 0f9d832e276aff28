"""The naming rules, broken."""

import pytest

from tests.tidy import names


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("harness/util.py", "util"),
        ("harness/traces/helpers.py", "helpers"),
        ("mocks/common/text.py", "common"),
        ("reports/json_utils.py", "utils"),
        ("tests/base.py", "base"),
        ("harness/stack_manager.py", "manager"),
        ("scenarios/core.py", "core"),
    ],
)
def test_a_module_named_for_nothing_is_reported(lay, path, word):
    """A drawer for everything is named, wherever it stands."""
    found = names.modules(lay({path: ""}))

    assert found == [f"{path}:1: {word} says nothing; name the module for the one thing it holds"]


def test_a_module_whose_name_only_holds_such_letters_is_not_reported(lay):
    """`database` holds `base` and is a noun all the same."""
    assert (
        names.modules(lay({"harness/database.py": "", "mocks/score.py": "", "harness/utility.py": ""})) == []
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("timeout: float = 2.0", "timeout"),
        ("class A:\n    first_byte_delay: float", "first_byte_delay"),
        ("class A:\n    reply_size: int | None = None", "reply_size"),
        ("def f(*, interval: 'float'): ...", "interval"),
        ("async def f(a: str, latency: int = 3): ...", "latency"),
        ("def elapsed() -> float: ...", "elapsed"),
        ("CONNECT_TIMEOUT = 2.0", "CONNECT_TIMEOUT"),
        ("delays: int = 1", "delays"),
    ],
)
def test_a_number_without_a_unit_is_reported(lay, text, name):
    """A field, a parameter, a constant and what a function returns say what they are measured in."""
    (found,) = names.units(lay({"harness/a.py": text}))

    assert found.endswith(f": {name} has no unit; say which, last: {name}_ms, {name}_s, {name}_bytes")


@pytest.mark.parametrize(
    "text",
    [
        "timeout_s: float = 2.0",
        "latency_ms_p95: float",
        "size: str = 'large'",
        "sizes: tuple[int, ...] = ()",
        "def f(delay): ...",
        "def f(timeout: Limits): ...",
        "RESIZE = True",
    ],
)
def test_a_number_with_its_unit_is_not_reported(lay, text):
    """Units last pass, and so does what is no number."""
    assert names.units(lay({"harness/a.py": text})) == []


def test_names_that_are_on_the_wire_are_not_ours_to_change(lay):
    """OPEA's `chunk_size` stays, in its models, in parsers' structs, in a mock's form fields and in the signatures its users call."""
    checkout = lay(
        {
            "harness/opea/proto/docarray.py": "class DocPath(BaseModel):\n    chunk_size: int = 1500",
            "harness/traces/a.py": "class Span(msgspec.Struct, gc=False):\n    duration: int = 0",
            "mocks/a.py": "class Ask(pydantic.BaseModel):\n    timeout: int = 3",
            "mocks/b.py": "def f(chunk_size: int = Form(1500), page_size: Annotated[int, Form()] = 3): ...",
        }
    )

    assert names.units(checkout) == []
    assert len(names.units(lay({"mocks/c.py": "class Ask:\n    timeout: int = 3"}))) == 1
