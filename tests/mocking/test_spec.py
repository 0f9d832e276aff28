"""Which mocks are to be served, as a configuration says it."""

import pytest

from harness.comp import World
from harness.errors import UsageError
from harness.mocking.spec import Spec, configured, mocks
from harness.scenario import Latency


def test_a_configuration_names_mocks_with_latency_and_limits():
    """What it does not say is the default."""
    given = {
        "mocks": [
            {"name": "llm", "comp": "llms.text_generation", "latency": {"first_ms": 5}, "in_flight_max": 3},
            {"comp": "embeddings", "latency": None},
        ],
        "seed": 7,
        "settings": {"INDEX_NAME": "x"},
        "like_upstream": True,
    }
    (first, second), world, folders = configured(given)

    assert (first.name, first.behaviour.latency, first.behaviour.in_flight_max) == (
        "llm",
        Latency(first_ms=5),
        3,
    )
    assert (second.name, second.port, second.behaviour.latency) == ("", 0, Latency())
    assert first.behaviour.like_upstream
    assert (world.seed, world.settings, folders) == (7, {"INDEX_NAME": "x"}, ())


def test_mocks_share_their_world():
    """So that the retriever finds what dataprep ingested."""
    world = World()
    made = mocks([Spec("dataprep"), Spec("retrievers", "r")], world)

    assert [(mock.name, mock.shared.world is world) for mock in made] == [("dataprep", True), ("r", True)]


def test_a_comp_that_nobody_defined_is_named_with_those_there_are():
    """A typing mistake is found at once."""
    with pytest.raises(
        UsageError, match=r"embedings: there is no such comp; the nearest of \d+ are embeddings"
    ):
        mocks([Spec("embedings")], World())
