"""The verifier's public names."""

import harness.contract


def test_the_surface_is_what_the_list_says():
    """Nothing more is promised."""

    assert harness.contract.__all__ == ["Answer", "Check", "Talk", "checks", "verify"]
    assert all(hasattr(harness.contract, name) for name in harness.contract.__all__)
