"""What expressions stand for."""

import ast

import pytest

from harness.lint.values import Names, Value, assigned_once, environment_read, inner


def value(text):
    """Return what the last line's expression stands for after those before it."""
    tree = ast.parse(text)
    return Names().inside(inner(tree.body[:-1])).value(tree.body[-1].value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'a'", Value("a")),
        ("80", Value("80")),
        ("x = 'a'\nx", Value("a")),
        ("self.x = 'a'\nself.x", Value("a")),
        ("int(os.getenv('P', 80))", Value("80", "P")),
        ("os.environ['P']", Value(None, "P")),
        ("os.environ.get('P')", Value(None, "P")),
        ("os.getenv('P', default='1')", Value("1", "P")),
        ("os.getenv('P') or 'a'", Value("a", "P")),
        ("p = os.getenv('P', '1')\nq = int(p)\nq", Value("1", "P")),
        ("x = '/v1'\nf'{x}/bias'", Value("/v1/bias")),
        ("'/v1' + '/bias'", Value("/v1/bias")),
        ("x: str = 'a'\nx", Value("a")),
    ],
)
def test_what_can_be_told_is_told(text, expected):
    """Constants, names, the environment, and texts put together."""
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "x = 'a'\nx = 'b'\nx",
        "x = 'a'\nx += 'b'\nx",
        "for x in y: pass\nx",
        "x, y = 1, 2\nx",
        "x = x\nx",
        "f()",
        "f'{p}:{os.getenv(\"P\", 1)}'",
        "os.getenv(name)",
        "nope",
    ],
)
def test_what_cannot_be_told_is_unknown(text):
    """Names with two meanings, calls, and circles."""
    assert value(text) == Value()


def test_the_innermost_scope_goes_first():
    """A function's own name hides the module's, known or not."""
    module = Names().inside(ast.parse("x = 'outer'\ny = 'outer'").body)
    names = module.inside(ast.parse("x = 'inner'\ny = 1\ny = 2").body)

    assert [names.value(ast.parse(name).body[0].value).text for name in "xy"] == ["inner", None]


def test_names_assigned_once_are_told_from_others():
    """With what they are assigned."""
    found = assigned_once(ast.parse("a = 1\nb = 1\nb = 2\n(c := 3)").body)

    assert {name: expression is not None for name, expression in found.items()} == {"a": True, "b": False}


def test_functions_and_classes_are_scopes_of_their_own():
    """What stands in them is not executed here."""
    nodes = inner(ast.parse("a = 1\ndef f():\n    b = 2\nclass C:\n    c = 3\nif a:\n    d = 4").body)

    assert [node.id for node in nodes if isinstance(node, ast.Name)] == ["a", "a", "d"]


def test_a_read_that_must_succeed_is_known():
    """A subscript raises, the others do not."""
    reads = [
        environment_read(ast.parse(text).body[0].value)
        for text in ("os.environ['A']", "os.getenv('A')", "f('A')")
    ]

    assert [read and read.must for read in reads] == [True, False, None]
