"""The orchestrator of a YAML file (tests/cores/mega/test_yaml*.py, GenAIComps 8130a3f)."""

import asyncio
import json
import tempfile
from pathlib import Path

from tests.conformance.nodes import Nodes, appending


def loaded(rules, **endpoints):
    """An orchestrator of these rules and endpoints."""
    from comps.cores.mega.orchestrator_with_yaml import ServiceOrchestratorWithYaml

    nodes = {name: {"endpoint": endpoint} for name, endpoint in endpoints.items()}
    document = {"opea_micro_services": nodes, "opea_mega_service": {"mega_flow": rules}}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mega.yaml"
        path.write_text(json.dumps(document))  # JSON is YAML.
        return ServiceOrchestratorWithYaml(str(path))


def item_33_a_graph_of_a_file_runs():
    """Afterwards each node's output is in `result_dict`."""
    with Nodes(s1=appending("opea "), s2=appending("project!")) as nodes:
        orchestrator = loaded(["s1 >> s2"], s1=nodes.url("s1"), s2=nodes.url("s2"))
        asyncio.run(orchestrator.schedule(initial_inputs={"text": "hello, "}))
    assert orchestrator.result_dict["s2"]["text"] == "hello, opea project!"


def item_34_a_graph_of_a_file_is_there_before_it_runs():
    """Leaves and endpoints; its hosts need not exist."""
    places = {name: f"http://fakehost:8008/v1/{name}" for name in ("s1", "s2", "s3", "s4", "s5")}
    orchestrator = loaded(["(s1, s5) >> s2 >> (s3, s4)"], **places)
    assert orchestrator.all_leaves() == ["s3", "s4"]
    assert orchestrator.docs["opea_micro_services"]["s3"]["endpoint"] == places["s3"]
