"""`ServiceOrchestratorWithYaml`: the graph of a YAML file on the engine of all others.

Names follow comps/cores/mega/orchestrator_with_yaml.py, GenAIComps 8130a3f. Unlike there branches run at once, a node's failure
is told, and each request keeps its own results; `result_dict` is those of the request that ended last.
"""

from os import PathLike
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.opea.constants import ServiceType
from harness.opea.dag import DAG, CycleError
from harness.opea.flow import read_flow
from harness.opea.microservice import MicroService
from harness.opea.orchestrator import ServiceOrchestrator
from harness.opea.payload import Inputs
from harness.opea.proto.docarray import LLMParams

PORTS = {"http": 80, "https": 443}


class ServiceOrchestratorWithYaml(ServiceOrchestrator):
    """The graph that a file describes, its nodes named as there; `docs` is what stands in the file.

    Raises ScenarioError for a file that makes no sense; the nodes need not be up.
    """

    def __init__(self, yaml_file_path: str | PathLike[str]) -> None:
        super().__init__()
        self.yaml_file_path = yaml_file_path
        self.result_dict: dict[str, Any] = {}
        flow = read_flow(Path(yaml_file_path))
        self.docs = flow.docs
        for name, endpoint in flow.endpoints.items():
            self.add(_service(name, endpoint))
        for before, after in flow.edges:
            try:
                self.add_edge(before, after)
            except CycleError as cycle:
                raise CycleError(f"{yaml_file_path}: {cycle}") from None

    async def schedule(
        self, initial_inputs: Inputs, llm_parameters: LLMParams | None = None, **kwargs: Any
    ) -> tuple[dict[str, Any], DAG]:
        """Answer one request with whole replies: each node's output by name, and the graph as it was run."""
        asked = llm_parameters or LLMParams(stream=False)
        self.result_dict, graph = await super().schedule(initial_inputs, asked, **kwargs)
        return self.result_dict, graph

    def get_all_final_outputs(
        self, result_dict: dict[str, Any] | None = None, runtime_graph: DAG | None = None
    ) -> dict[str, Any]:
        """The outputs of the nodes after which none was run, by name; of the request that ended last they are printed too."""
        if result_dict is not None and runtime_graph is not None:
            return super().get_all_final_outputs(result_dict, runtime_graph)
        outputs = {leaf: self.result_dict[leaf] for leaf in self.all_leaves() if leaf in self.result_dict}
        for output in outputs.values():
            print(output)  # noqa: T201 - as upstream's does: a script of three lines shows its answer so
        return outputs


def _service(name: str, endpoint: str) -> MicroService:
    parts = urlsplit(endpoint)
    service = MicroService(
        name,
        service_type=ServiceType.UNDEFINED,
        protocol=parts.scheme,
        host=parts.hostname or "",
        port=parts.port or PORTS[parts.scheme],
        endpoint=f"{parts.path}?{parts.query}" if parts.query else parts.path,
        use_remote_service=True,
    )
    service.name = name  # In a file's graph a node is called what the file calls it, without its class.
    return service
