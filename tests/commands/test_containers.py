"""Which nodes run in containers, as the options say it."""

from dataclasses import replace

import pytest

from harness.commands.containers import image_map, placed
from harness.composition.images import ImageMap
from harness.discovery import SCENARIO, discover
from harness.errors import UsageError
from harness.stack.where import Where

RAG = discover(SCENARIO)["rag"]
SEED = discover(SCENARIO)["rag-seed"]


def test_mocks_need_no_container():
    """Nothing is changed."""
    where = Where(nodes={"llm": "mock"})

    assert placed(RAG, where, {}) == (RAG, where)


def test_a_real_stack_is_the_like_of_the_scenario_with_its_jaeger():
    """What nobody placed stands in a container."""
    scenario, where = placed(RAG, Where(nodes={"llm": "mock"}), {"stack": "real"})

    assert scenario is SEED
    assert where.jaeger == "container"
    assert "ollama" not in [each.name for each in where.composition.services]
    assert "retriever" in where.composition.nodes


def test_a_jaeger_of_the_users_own_is_kept():
    """The container's stands nevertheless: services send to it."""
    _, where = placed(RAG, Where(jaeger="http://127.0.0.1:16686"), {"stack": "real"})

    assert where.jaeger == "http://127.0.0.1:16686"
    assert where.composition.traces == "jaeger"


def test_images_are_pulled_anew_where_that_is_asked_for():
    """And else only where they are not here."""
    asked = [placed(RAG, Where(), {"stack": "real", "pull": pull})[1].pull for pull in (True, False)]

    assert asked == [True, False]


def test_containers_have_the_time_that_was_given():
    """Else each its own."""
    usual, given = (
        placed(RAG, Where(), {"stack": "real", "ready_timeout": limit_s})[1].composition.services
        for limit_s in (None, 7.0)
    )

    assert {each.ready_limit_s for each in given} == {7.0}
    assert [replace(each, ready_limit_s=7.0) for each in usual] == list(given)
    assert 7.0 not in {each.ready_limit_s for each in usual}


def test_one_image_leaves_the_scenario_as_it_is():
    """And traces where they were."""
    given = Where(nodes={"retriever": "opea/retriever:new"})
    scenario, where = placed(RAG, given, {})

    assert scenario is RAG
    assert where == replace(given, composition=where.composition)
    assert where.composition.service("retriever").image == "opea/retriever:new"


def test_a_jaeger_alone_is_a_container_too():
    """Beside mocks."""
    _, where = placed(RAG, Where(jaeger="container"), {})

    assert [each.name for each in where.composition.services] == ["jaeger"]


def test_nothing_is_started_for_a_gateway_that_runs():
    """Neither all nor one."""
    with pytest.raises(UsageError) as refused:
        placed(RAG, Where(gateway="http://127.0.0.1:8888"), {"stack": "real"})

    assert str(refused.value) == (
        "--gateway http://127.0.0.1:8888: runs already, so nothing is started for it; containers go with a gateway of ours"
    )


def test_a_map_is_read_where_one_is_given(tmp_path):
    """None is empty."""
    path = tmp_path / "map.json"
    path.write_text('{"a/b": "c/d:1"}')

    assert image_map({"image_map": path}) == ImageMap({"a/b:latest": "c/d:1"})
    assert image_map({}) == ImageMap()
