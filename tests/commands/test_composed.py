"""Compose files on the command line, as far as no container is needed."""

import pytest

from harness.commands.composed import of_compose
from harness.errors import UsageError
from tests.compose.conftest import DATA

OPTIONS = {
    "compose_files": (DATA / "compose.yaml",),
    "nodes": (),
    "env_file": None,
    "profiles": (),
    "megaservice_service": None,
    "route": None,
    "forwarder_image": None,
    "missing_as_empty": True,
    "folders": (),
    "quiet": True,
    "jaeger": "embedded",
    "gateway": "reference",
    "like_upstream": False,
    "image_map": None,
    "pull": False,
    "ready_timeout": None,
}


@pytest.fixture
def composed(monkeypatch):
    """The scenario and the places of our compose file, with these options."""
    import click

    def made(**options):
        with click.Context(click.Command("run"), obj=None):
            return of_compose({**OPTIONS, **options})

    return made


def test_a_compose_file_is_a_scenario_and_its_megaservice_the_gateway(composed):
    """Its containers are counted, its mocks are not."""
    scenario, where = composed(nodes=("vllm-service=mock", "retriever=http://127.0.0.1:9"))

    assert (where.gateway, where.nodes) == ("opea/chatqna:latest", {"retriever": "http://127.0.0.1:9"})
    assert where.project.nodes["llm"] == "vllm-service"
    assert [node.name for node in scenario.megaservice.nodes] == ["embedding", "retriever", "rerank", "llm"]
    assert len(where.composition.services) == 4


def test_its_containers_have_the_time_that_was_given(composed):
    """Else the ten minutes that a model may take."""
    limits_s = [
        {each.ready_limit_s for each in composed(ready_timeout=given)[1].composition.services}
        for given in (None, 30.0)
    ]

    assert limits_s == [{600.0}, {30.0}]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"jaeger": "process"}, "--jaeger process: with --compose it is one of embedded and none"),
        ({"gateway": "opea"}, "--gateway opea: with --compose the gateway is the file's megaservice"),
        (
            {
                "nodes": ("chatqna-backend-server=http://127.0.0.1:9",),
                "megaservice_service": "chatqna-backend-server",
            },
            "--node chatqna-backend-server=http://127.0.0.1:9: it is the megaservice, which is what is tested",
        ),
        ({"nodes": ("retriever",)}, "--node retriever: is no SERVICE=mock"),
    ],
)
def test_what_makes_no_sense_beside_a_compose_file_is_usage(composed, options, told):
    """In a sentence."""
    with pytest.raises(UsageError, match=told):
        composed(**options)
