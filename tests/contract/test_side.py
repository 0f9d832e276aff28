"""The checks beside a comp's endpoints."""

from dataclasses import replace

from harness.contract.side import side
from tests.stack.greeter import GREETER


def names(comp):
    """The names of its side checks."""
    return [check.id.rpartition(".")[2] for check in side(comp)]


def test_an_opea_service_is_checked_on_all_its_side_endpoints():
    """Those of its framework, and what is said where nothing is."""

    assert names(GREETER) == [
        "health-check",
        "health",
        "statistics",
        "metrics",
        "unknown-route",
        "wrong-method",
    ]


def test_a_server_of_another_project_is_checked_on_what_every_server_says():
    """It has no framework to keep."""

    assert names(replace(GREETER, framework=False)) == ["unknown-route", "wrong-method"]


def test_a_model_server_is_checked_on_the_metrics_of_its_project():
    """vLLM's names, or TGI's."""

    assert names(replace(GREETER, framework=False, engine="vllm"))[0] == "engine-metrics"
