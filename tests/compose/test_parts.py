"""One service as a part of its project."""

import pytest

from harness.compose.asked import Asked
from harness.compose.parts import part_of


@pytest.fixture
def made(resolver, comps):
    """The part of a service of these lines, and its mounts."""
    return lambda lines, **asked: part_of(resolver(lines).service, Asked((), **asked), comps, {}, frozenset())


def test_a_comps_own_port_is_the_one_that_is_called(made):
    """Although another is named before it."""
    part, _ = made('image: opea/retriever\nports: ["1:9999", "2:7000"]')

    assert part.service.ports == (7000, 9999)
    assert part.ports == {9999: 1, 7000: 2}


def test_a_port_that_a_flag_or_a_health_check_names_is_one_too(made):
    """Callers may know it, although nothing publishes it."""
    part, _ = made("image: x\ncommand: --port 81\nhealthcheck: {test: curl localhost:82}")

    assert sorted(part.ports) == [81, 82]


def test_what_is_no_container_has_no_mounts(made):
    """Nor anything else of one."""
    part, mounts = made("image: opea/retriever\nvolumes: [./x:/x]", places={"web": "mock"})

    assert (part.service, part.is_mock, mounts.instead) == (None, True, ())


def test_a_folder_of_the_users_is_bound_as_the_file_says(made, tmp_path):
    """Read only, where it says so."""
    part, _ = made("image: x\nvolumes: ['.:/here:ro']")

    assert part.service.more["mounts"] == [
        {"Type": "bind", "Source": str(tmp_path), "Target": "/here", "ReadOnly": True}
    ]
