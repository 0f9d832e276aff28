"""A newcomer's seven services, as data."""

import json
from pathlib import Path

from harness.composition.images import ImageMap
from harness.discovery import COMP, discover
from harness.service import waves
from scenarios._seed import SEED
from scenarios.rag_seed import RAG_SEED

MAP = Path(__file__).parents[1] / "images" / "stand_ins" / "image_map.json"


def test_the_seven_are_those_of_the_newcomer():
    """Each by its own image."""
    assert sorted(each.image.partition(":")[0] for each in SEED.services) == [
        "jaegertracing/all-in-one",
        "ollama/ollama",
        "opea/embedding",
        "opea/embedding-multimodal-clip",
        "opea/guardrails-bias-detection",
        "opea/retriever",
        "pgvector/pgvector",
    ]


def test_they_are_started_in_two_waves():
    """The retriever waits for its database, the front end of CLIP for CLIP."""
    assert waves(SEED)[1] == ("embedding", "retriever")


def test_each_is_ready_by_an_answer():
    """A comp by one of its contract, the others by a probe."""
    comps = discover(COMP)

    assert [each.name for each in SEED.services if not (each.probe or each.comp in comps)] == []
    assert all(RAG_SEED.megaservice.node(node).name == node for node in SEED.nodes)


def test_every_image_has_a_stand_in():
    """Under a name that is no real image's."""
    images = ImageMap.read(MAP)

    assert [images.is_genuine(each.image) for each in SEED.services] == [False] * 7
    assert all(each.startswith("opea-harness.local/") for each in json.loads(MAP.read_text()).values())
