"""Compose files; what upstream makes of a whole file stands in `test_exporter.py`."""

from harness.opea.composing import build_docker_compose, convert_args_to_command, convert_resources


def composed(**settings):
    """One service with these settings."""
    data = {"global_envs": {"A": 1}, "micro_services": [{"service_name": "s", "image": "i", **settings}]}
    return build_docker_compose(data)["services"]["s"]


def test_resources_need_no_replicas():
    """Nor the other way round; upstream raises KeyError."""
    assert composed(resources={"cpu": 4})["deploy"] == {"resources": {"limits": {"cpus": 4}}}
    assert composed(replicas=3)["deploy"] == {"replicas": 3}
    assert "deploy" not in composed()


def test_services_do_not_share_their_variables():
    """Each has those of all and its own."""
    data = {
        "global_envs": {"A": 1},
        "micro_services": [
            {"service_name": "s", "image": "i", "envs": [{"B": 2}]},
            {"service_name": "t", "image": "i"},
        ],
    }
    made = build_docker_compose(data)["services"]

    assert [each["environment"] for each in made.values()] == [{"A": 1, "B": 2}, {"A": 1}]


def test_arguments_are_one_line():
    """Objects, pairs with a colon, and words."""
    assert (
        convert_args_to_command(["--model-id", "x", {"--port": 80}, "--tokens:9"])
        == "--model-id x --port 80 --tokens 9"
    )


def test_accelerators_are_no_limit_of_compose():
    """It has no word for them."""
    assert convert_resources({"hpu": 1, "cpu": 4, "memory": "8Gi"}) == {"cpus": 4, "memory": "8Gi"}
