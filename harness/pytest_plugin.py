"""The pytest plugin: markers, options, fixtures and parametrisation (an entry point, so other repositories can use it)."""

import pytest

MARKERS = {
    "contract": "every endpoint of every comp keeps its contract",
    "correctness": "a megaservice answers rightly",
    "chaos": "a megaservice under faults stays bounded, attributed and honest",
    "load": "a megaservice under load meets its objectives",
}


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, so that `--strict-markers` knows them."""
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
