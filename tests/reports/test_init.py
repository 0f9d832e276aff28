"""The package's surface."""

import reports


def test_the_surface_is_what_the_list_says():
    """Drawing a run and loading its report, nothing else."""
    assert reports.__all__ == sorted(reports.__all__)
    assert all(callable(getattr(reports, name)) for name in reports.__all__)
