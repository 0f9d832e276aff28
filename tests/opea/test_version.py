"""The version that the engine stands for."""

import harness.opea.version


def test_it_is_that_of_the_package_whose_names_it_has():
    """opea-comps 1.5."""
    assert harness.opea.version.__version__ == "1.5"
