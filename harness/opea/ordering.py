"""What an orchestrator's settings and one request make together: an `Order`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.opea.hooks import hooks_of
from harness.opea.hop import Hop, Service
from harness.opea.metrics import OrchestratorMetrics, Ticket
from harness.opea.order import Order
from harness.opea.parameters import is_streaming
from harness.opea.payload import Inputs, plain
from harness.opea.policy import Policy
from harness.opea.proto.docarray import LLMParams
from harness.opea.reach import Reach
from harness.sse import DialectName


@dataclass(slots=True)
class Settings:
    """What holds for all requests to one orchestrator."""

    budget_s: float
    dialect: DialectName | None
    metrics: OrchestratorMetrics
    default_generator: object
    hops: dict[str, Hop] = field(default_factory=dict)
    reach: Reach = field(default_factory=Reach)

    def add(self, service: Service, policy: Policy) -> None:
        """Register a node."""
        self.hops[service.name] = Hop.of(service, policy)

    def order(
        self, orchestrator: Any, inputs: Inputs, parameters: LLMParams | None, kwargs: Mapping[str, Any]
    ) -> Order:
        """The order of one request, counted as pending from now on; `orchestrator` is asked for its hooks."""
        asked = LLMParams() if parameters is None else parameters
        streaming = is_streaming(asked, inputs)
        is_decided = "stream" in asked.model_fields_set
        decided = asked if is_decided else asked.model_copy(update={"stream": streaming})
        return Order(
            caller=self.reach.caller(plain(inputs), self.budget_s, orchestrator.ind_nodes()),
            hops=self.hops,
            hooks=hooks_of(orchestrator, self.default_generator, dict(kwargs)),
            parameters=decided,
            parameters_dict=decided.model_dump(),
            kwargs=dict(kwargs),
            dialect=self.dialect,
            ticket=Ticket(self.metrics),
            first=inputs,
            is_streaming=streaming,
        )
