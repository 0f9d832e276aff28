"""`ServiceOrchestrator`: services, the edges between them, and the hooks by which replies become requests.

How a graph is executed stands in `execution.py`. Names and signatures follow comps/cores/mega/orchestrator.py,
GenAIComps 8130a3f.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Self

from harness.opea import chunks
from harness.opea.dag import DAG, UnknownNodeError
from harness.opea.execution import execute
from harness.opea.health import GRAPHS
from harness.opea.hop import Service
from harness.opea.joins import merged
from harness.opea.metrics import metrics
from harness.opea.ordering import Settings
from harness.opea.payload import Inputs
from harness.opea.policy import POLICY, Policy
from harness.opea.proto.docarray import LLMParams
from harness.sse import DialectName

BUDGET_S = 600.0  # A model on a CPU may take minutes; upstream waits for 2000 s at each node.


class ServiceOrchestrator(DAG):
    """A graph of services that answers one request at a time, any number of them at once.

    `budget_s` bounds a whole request; `dialect` is that of streams, None for the streaming node's own.
    """

    def __init__(self, *, budget_s: float = BUDGET_S, dialect: DialectName | None = None) -> None:
        super().__init__()
        self.services: dict[str, Service] = {}
        self.metrics = metrics()
        self._settings = Settings(budget_s, dialect, self.metrics, _DEFAULT_GENERATOR)
        GRAPHS.add(self)

    def add(self, service: Service, policy: Policy = POLICY) -> Self:
        """Add a service as a node; ValueError if its name is there."""
        if service.name in self.services:
            raise ValueError(f"service {service.name} is added already; names must differ")
        self.services[service.name] = service
        self._settings.add(service, policy)
        self.add_node_if_not_exists(service.name)
        return self

    def flow_to(self, from_service: Service, to_service: Service) -> bool:
        """Let one service's output flow to another; raises for a service that was not added, and for a cycle."""
        for service in (from_service, to_service):
            if service.name not in self.services:
                added = list(self.services)
                raise UnknownNodeError(f"service {service.name} was not added; services are {added}")
        self.add_edge(from_service.name, to_service.name)
        return True

    async def schedule(
        self, initial_inputs: Inputs, llm_parameters: LLMParams | None = None, **kwargs: Any
    ) -> tuple[dict[str, Any], DAG]:
        """Answer one request: each node's output by key, and the graph as it was run.

        A streamed output is a `StreamingResponse`. Raises `Problem` when a node fails.
        """
        order = self._settings.order(self, initial_inputs, llm_parameters, kwargs)
        return await execute(order, self.copied())

    def align_inputs(self, inputs: Any, *_args: Any, **_kwargs: Any) -> Any:
        """A node's request of its inputs; to be replaced by a megaservice."""
        return inputs

    def align_outputs(self, data: Any, *_args: Any, **_kwargs: Any) -> Any:
        """A node's output of its reply; to be replaced by a megaservice."""
        return data

    def align_generator(self, gen: Any, *_args: Any, **_kwargs: Any) -> Any:
        """An answer's stream of a node's events; to be replaced by a megaservice, by a plain or async generator."""
        return gen

    def process_outputs(self, prev_nodes: list[str], result_dict: dict[str, Any]) -> Any:
        """The input of a node of what the nodes before it gave; see `joins.py`."""
        return merged({node: result_dict[node] for node in prev_nodes})

    def get_all_final_outputs(self, result_dict: dict[str, Any], runtime_graph: DAG) -> dict[str, Any]:
        """The outputs of the nodes after which none was run, by key."""
        return {leaf: result_dict[leaf] for leaf in runtime_graph.all_leaves()}

    def wrap_iterable(self, iterable: Iterable[Any], is_first: bool = True) -> Iterator[Any]:  # noqa: ARG002, FBT001, FBT002 - OPEA's signature
        """The items as they are."""
        return iter(iterable)

    def extract_chunk_str(self, chunk_str: str | bytes) -> str:
        """The text of one of OPEA's chunks."""
        return chunks.extract_chunk_str(chunk_str)

    def token_generator(
        self,
        sentence: str,
        token_start: float,
        is_first: bool,  # noqa: FBT001 - OPEA's signature
        is_last: bool,  # noqa: FBT001 - OPEA's signature
    ) -> Iterator[str]:
        """A sentence as OPEA's chunks, word by word, each counted; the end mark after the last."""
        return chunks.token_chunks(sentence, (self.metrics, token_start, is_first), is_last=is_last)


_DEFAULT_GENERATOR = ServiceOrchestrator.align_generator
