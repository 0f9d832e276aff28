"""What the machine has left."""

import pytest

from harness.doctor.seen import Machine
from tests.doctor.stacks import GIB, seed


@pytest.mark.parametrize(
    ("machine", "found"),
    [
        (Machine(), []),
        (Machine(9 * GIB, 20 * GIB, GIB, 2 * GIB), []),
        (Machine(9 * GIB, 500 * GIB, 4 * GIB, 8 * GIB), ["disk-short"]),
        (Machine(0, 500 * GIB, 0, 8 * GIB), ["disk-short", "memory-short"]),
        (Machine(100 * GIB, 500 * GIB, GIB, 128 * GIB), ["memory-short"]),
    ],
)
def test_little_is_little_by_itself_or_as_a_share(machine, found):
    """What could not be read is no finding; a small machine may be well."""
    stack = seed()
    stack.machine = machine

    assert [each.id for each in stack.diagnosis().findings] == found
