"""Manifests of Kubernetes; what upstream makes of a whole file stands in `test_exporter.py`."""

import pytest

from harness.errors import ScenarioError
from harness.opea.manifests import config_map, deployments_and_services, extract_service_configs


def made(*services, **shared):
    """The manifests of services with these settings, by kind."""
    given = [{"service_name": f"s{place}", "image": "i", **each} for place, each in enumerate(services)]
    configs = extract_service_configs({"global_envs": shared, "micro_services": given})
    manifests = deployments_and_services(configs)
    kinds = [each["kind"] for each in manifests]
    pods = [each["spec"]["template"]["spec"] for each in manifests if each["kind"] == "Deployment"]
    return kinds, manifests, [pod["containers"][0] for pod in pods], config_map(configs)["data"]


def test_replicas_count():
    """Upstream reads a word that nobody writes."""
    _, manifests, _, _ = made({"replicas": 3}, {"replicas": 0}, {})

    assert [each["spec"]["replicas"] for each in manifests] == [3, 0, 1]


def test_a_service_without_ports_has_no_service():
    """Upstream gives it those of the one before."""
    kinds, manifests, containers, _ = made({"ports": ["80:81", 82, "83:81"]}, {})

    assert kinds == ["Deployment", "Service", "Deployment"]
    assert containers[0]["ports"] == [{"containerPort": 81}, {"containerPort": 82}]
    assert [each["port"] for each in manifests[1]["spec"]["ports"]] == [80, 82, 83]
    assert "ports" not in containers[1]


def test_a_containers_ports_are_in_upstreams_order():
    """That of a set, which upstream's own test of its manifests holds."""
    _, _, containers, _ = made({"ports": ["6379:6379", "8001:8001"]})

    assert containers[0]["ports"] == [{"containerPort": 8001}, {"containerPort": 6379}]


def test_a_variable_that_two_services_set_is_each_ones_own():
    """One value is in the ConfigMap; whoever has another has it in its container, also where that is everybody's."""
    _, _, containers, data = made(
        {"envs": [{"MODEL": "b"}]}, {"envs": [{"MODEL": "c"}, {"PORT": 1}]}, {}, MODEL="a", PORT=1
    )

    assert data == {"MODEL": "c", "PORT": "1"}
    assert [each.get("env") for each in containers] == [
        [{"name": "MODEL", "value": "b"}],
        None,
        [{"name": "MODEL", "value": "a"}],
    ]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"ports": ["http:80"]}, r"s0: the port 'http:80' is none; it is one such as '8090:80'"),
        ({"ports": ["80:"]}, r"s0: the port '80:' is none"),
        ({"volumes": ["models"]}, r"s0: the volume 'models' is none; it is one such as '/mnt/models:/data'"),
        ({"volumes": ["a:b:ro"]}, r"s0: the volume 'a:b:ro' is none"),
        ({"service_name": "config_map"}, r"config_map: is no name for a service"),
    ],
)
def test_what_cannot_be_said_is_told(settings, words):
    """With the service's name."""
    with pytest.raises(ScenarioError, match=f"^{words}"):
        made(settings)
