"""A megaservice's file, exported."""

from pathlib import Path

import pytest
import yaml

from harness.errors import ScenarioError
from harness.opea.exporter import (
    build_configmap,
    build_deployment_and_service,
    convert_to_deployment_and_service,
    convert_to_docker_compose,
    convert_to_manifests,
    extract_service_configs,
    replace_env_vars,
)

DATA = Path(__file__).parent.parent / "data" / "exports"


@pytest.fixture(autouse=True)
def _variable(monkeypatch):
    monkeypatch.setenv("EXPORTED_INDEX", "rag")


def documents(path) -> list:
    return [each for each in yaml.safe_load_all(Path(path).read_text()) if each]


def test_a_compose_file_is_what_upstream_makes_of_it(tmp_path):
    """Service by service, version and all."""
    convert_to_docker_compose(str(DATA / "mega.yaml"), str(tmp_path / "compose.yaml"))

    assert documents(tmp_path / "compose.yaml") == documents(DATA / "compose.yaml")


def test_manifests_are_what_upstream_makes_of_it(tmp_path):
    """In the same order; and a second time they replace the first."""
    for _ in range(2):
        convert_to_manifests(str(DATA / "mega.yaml"), str(tmp_path / "all.yaml"))

    assert documents(tmp_path / "all.yaml") == documents(DATA / "manifests.yaml")


def test_without_the_config_map_the_rest_is_the_same(tmp_path):
    """For a cluster that has it."""
    convert_to_deployment_and_service(str(DATA / "mega.yaml"), str(tmp_path / "rest.yaml"))

    assert documents(tmp_path / "rest.yaml") == documents(DATA / "manifests.yaml")[1:]


def test_the_steps_may_be_taken_one_by_one(tmp_path):
    """As upstream's own test of its exporter does."""
    output = str(tmp_path / "steps.yaml")
    configs = extract_service_configs(replace_env_vars(yaml.safe_load((DATA / "mega.yaml").read_text())))
    build_configmap(configs, output_file=output)
    build_deployment_and_service(configs, output_file=output)

    assert documents(output) == documents(DATA / "manifests.yaml")


@pytest.mark.parametrize("convert", [convert_to_docker_compose, convert_to_manifests])
def test_a_file_that_makes_no_sense_leaves_none(tmp_path, convert):
    """The sentence names it, and nothing is written."""
    (tmp_path / "mega.yaml").write_text("micro_services: []")

    with pytest.raises(
        ScenarioError, match=r"mega\.yaml: names no service; micro_services and mega_service are"
    ):
        convert(str(tmp_path / "mega.yaml"), str(tmp_path / "out.yaml"))
    assert not (tmp_path / "out.yaml").exists()
