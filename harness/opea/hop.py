"""One node as the engine calls it: where it is, how it is treated, and what is sent to it and nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from harness.opea.constants import ServiceType
from harness.opea.policy import Policy
from harness.opea.veto import name_of

STREAMING_TYPES = frozenset({ServiceType.LLM, ServiceType.LVM})


class Service(Protocol):
    """What the engine needs of a `MicroService`."""

    name: str
    service_type: ServiceType
    endpoint: str | None
    api_key: str | None

    def endpoint_path(self, model: str | None = None) -> str:
        """The URL to call."""


@dataclass(frozen=True, slots=True)
class Hop:
    """A node: `key` is `name/Class` as in results and graphs, `name` what problems and spans call it."""

    key: str
    name: str
    service: Service
    policy: Policy

    @classmethod
    def of(cls, service: Service, policy: Policy) -> "Hop":
        """The hop of a service."""
        return cls(service.name, name_of(service.name), service, policy)

    @property
    def takes_parameters(self) -> bool:
        """Whether it is given the caller's LLM parameters."""
        return self.service.service_type in STREAMING_TYPES

    @property
    def may_stream(self) -> bool:
        """Whether it streams when the caller wants a stream."""
        return self.takes_parameters or self.policy.dialect is not None

    def url(self, inputs: Any) -> str:
        """Where a request goes; a service with a key may choose by the request's model."""
        model = inputs.get("model") if self.service.api_key and isinstance(inputs, dict) else None
        return self.service.endpoint_path(model)

    def headers(self, trace: Sequence[tuple[str, str]], accept: str) -> list[tuple[str, str]]:
        """What goes before a request, with its place in its trace; a key only if it is this node's own."""
        pairs = [("Content-Type", "application/json"), ("Accept", accept), *trace]
        if self.service.api_key:
            pairs.append(("Authorization", f"Bearer {self.service.api_key}"))
        return pairs
