"""The hooks of a file."""

import pytest

from harness.lint.hooks import hooks
from harness.lint.program import read_program


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ServiceOrchestrator.align_inputs = f", ("align_inputs", "", "f", True)),
        ("comps.ServiceOrchestrator.align_inputs = f", ("align_inputs", "", "f", True)),
        ("self.mega.align_outputs = f", ("align_outputs", "", "f", False)),
        ("setattr(ServiceOrchestrator, 'align_generator', f)", ("align_generator", "", "f", True)),
        (
            "class Own(ServiceOrchestrator):\n    def align_inputs(self): ...",
            ("align_inputs", "Own", "Own.align_inputs", False),
        ),
        (
            "class C:\n    def __init__(self):\n        ServiceOrchestrator.align_inputs = f",
            ("align_inputs", "C", "f", True),
        ),
    ],
)
def test_a_hook_is_found_however_it_is_set(write, text, expected):
    """Its name, who sets it, to what, and on which."""
    (path,) = write({"m.py": text})
    (found,) = hooks(read_program(path))

    assert (found.name, found.owner, found.value, found.on_class) == expected


def test_other_attributes_are_no_hooks(write):
    """Nor are methods of other classes."""
    (path,) = write(
        {"m.py": "ServiceOrchestrator.x = f\nsetattr(a, 'b', c)\nclass C:\n    def align_inputs(self): ..."}
    )

    assert hooks(read_program(path)) == ()
