"""Which containers a stack is to have, of the places that were given to its nodes."""

from dataclasses import replace

import pytest

from harness.composition.choosing import (
    containers_of,
    is_image,
    of_images,
    real_scenario,
    stood_in,
    with_jaeger,
)
from harness.composition.images import ImageMap
from harness.discovery import COMP, SCENARIO, discover
from harness.errors import UsageError

SCENARIOS = discover(SCENARIO)
COMPS = discover(COMP)
RAG, RAG_SEED = SCENARIOS["rag"], SCENARIOS["rag-seed"]
SEED = RAG_SEED.composition


def names(composition):
    """The services that stand."""
    return [each.name for each in composition.services]


@pytest.mark.parametrize(
    ("place", "yes"),
    [
        ("opea/retriever:latest", True),
        ("opea/retriever", True),
        ("postgres:16", True),
        ("localhost:5000/a/b@sha256:" + "0" * 64, True),
        ("retriever", False),
        ("mock", False),
        ("http://127.0.0.1:6000", False),
        ("Opea/Retriever", False),
    ],
)
def test_an_image_is_told_from_a_word(place, yes):
    """A word without folder and tag is a slip of the pen."""
    assert is_image(place) is yes


def test_all_seven_stand_where_no_node_is_elsewhere():
    """In the order in which they are written."""
    assert names(containers_of(RAG_SEED, {}, SEED, COMPS)) == [
        "jaeger",
        "pgvector",
        "ollama",
        "multimodal-clip",
        "embedding",
        "bias-detection",
        "retriever",
    ]


def test_a_node_that_is_elsewhere_takes_along_what_it_alone_needs():
    """And what mocks are told of that."""
    made = containers_of(RAG_SEED, {"embedding": "mock", "retriever": "http://127.0.0.1:7000"}, SEED, COMPS)

    assert names(made) == ["jaeger", "ollama", "bias-detection"]
    assert "OPEA_MOCK_POSTGRES" not in made.settings


def test_a_nodes_image_is_another_one_in_the_same_service():
    """Its settings, and what it needs, are the same."""
    made = containers_of(RAG_SEED, {"retriever": "opea/retriever:new"}, SEED, COMPS)

    assert made.service("retriever") == replace(SEED.service("retriever"), image="opea/retriever:new")
    assert len(made.services) == 7


def test_one_image_among_mocks_brings_what_it_needs_and_nothing_more():
    """Nobody is told to send to a Jaeger that does not stand."""
    places = {"retriever": "opea/retriever:new"}
    made = containers_of(RAG, places, of_images(RAG, places, SCENARIOS), COMPS)

    assert names(made) == ["pgvector", "retriever"]
    assert dict(made.nodes) == {"retriever": "retriever"}
    assert "TELEMETRY_ENDPOINT" not in made.service("retriever").environment
    assert "OPEA_MOCK_POSTGRES" in made.settings


def test_an_image_that_no_composition_knows_gets_the_settings_of_its_comp():
    """Its port is the contract's."""
    places = {"guardrail_in": "mine/guardrails:1"}
    comps = {**COMPS, "guardrails.guardrails": replace(COMPS["guardrails.guardrails"], needs={}, port=9090)}
    made = containers_of(RAG, places, of_images(RAG, places, SCENARIOS), comps)
    service = made.service("guardrail_in")

    assert (service.image, service.ports, service.comp) == (
        "mine/guardrails:1",
        (9090,),
        "guardrails.guardrails",
    )


def test_an_image_that_needs_what_nobody_gives_it_is_refused():
    """With the variable, and what can be done."""
    places = {"embedding": "mine/embedding:1"}

    other = replace(RAG, name="another")

    with pytest.raises(UsageError) as refused:
        containers_of(other, places, of_images(other, places, SCENARIOS), COMPS)

    assert str(refused.value) == (
        "--node embedding=mine/embedding:1: the comp embeddings needs TEI_EMBEDDING_ENDPOINT, and nothing here says what to give it; "
        "start it yourself and give its address: --node embedding=http://127.0.0.1:PORT"
    )


def test_without_an_image_no_container_is_wanted():
    """A stack of mocks needs no Docker."""
    assert containers_of(RAG, {"llm": "mock"}, None, COMPS) is None


def test_a_scenario_without_containers_says_who_has_some():
    """And how a single node gets one."""
    assert real_scenario(RAG, SCENARIOS) is RAG_SEED

    with pytest.raises(UsageError) as refused:
        real_scenario(SCENARIOS["rag-no-rerank"], SCENARIOS)

    assert str(refused.value) == (
        "--stack real: rag-no-rerank has no containers; rag, rag-seed have, and `--node NAME=IMAGE` puts a single node in one"
    )


def test_a_jaeger_is_put_beside_what_has_none():
    """One is enough."""
    assert names(with_jaeger(None)) == ["jaeger"]
    assert with_jaeger(SEED) is SEED
    assert with_jaeger(SEED.only(["pgvector"])).traces == "jaeger"


def test_a_node_is_stood_in_for_where_anything_that_it_needs_is():
    """A genuine front end over a stand-in of a model knows no more than that."""
    images = ImageMap({"opea/embedding-multimodal-clip:latest": "opea-harness.local/clip:1"})

    assert stood_in(SEED, images) == ["embedding"]
    assert stood_in(None, images) == []
