"""A megaservice's file turned into a compose file, or into manifests of Kubernetes, by OPEA's names.

Names follow comps/cores/mega/exporter.py, GenAIComps 8130a3f. Unlike there the file that is written replaces an earlier one, and no client of
Kubernetes is needed: manifests are data.
"""

from pathlib import Path

from harness.opea.composing import build_docker_compose, convert_args_to_command, convert_resources
from harness.opea.exported import read_source, replace_env_vars
from harness.opea.manifests import (
    build_configmap,
    build_deployment_and_service,
    deployments_and_services,
    extract_service_configs,
    save,
)

__all__ = [
    "build_configmap",
    "build_deployment_and_service",
    "build_docker_compose",
    "convert_args_to_command",
    "convert_resources",
    "convert_to_deployment_and_service",
    "convert_to_docker_compose",
    "convert_to_manifests",
    "extract_service_configs",
    "replace_env_vars",
]


def convert_to_docker_compose(input_yaml_path: str, output_file: str) -> None:
    """Write the compose file of a megaservice's file; ScenarioError for one that makes no sense."""
    import yaml

    composed = build_docker_compose(read_source(Path(input_yaml_path)))
    Path(output_file).write_text(yaml.safe_dump(composed), encoding="utf-8")


def convert_to_manifests(input_yaml_path: str, output_file: str) -> None:
    """Write the ConfigMap, Deployments and Services of a megaservice's file."""
    configs = extract_service_configs(read_source(Path(input_yaml_path)))
    build_configmap(configs, output_file)
    build_deployment_and_service(configs, output_file)


def convert_to_deployment_and_service(input_yaml_path: str, output_file: str) -> None:
    """Write the Deployments and Services of a megaservice's file, for a cluster that has the ConfigMap."""
    configs = extract_service_configs(read_source(Path(input_yaml_path)))
    save(deployments_and_services(configs), output_file, anew=True)
