"""`MicroService`: one service, here or elsewhere; as a megaservice it is where callers come in.

Names, defaults and routes follow comps/cores/mega/micro_service.py and http_service.py, GenAIComps 8130a3f.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from fastapi import FastAPI

from harness.errors import UsageError
from harness.opea.app import Startup, make_app
from harness.opea.attended import Attended
from harness.opea.batching import Buffer, answer_batches
from harness.opea.constants import MCPFuncType, ServiceRoleType, ServiceType
from harness.opea.direct import Direct
from harness.opea.health import GRAPHS
from harness.opea.mcp.serving import offer, routes, server_of
from harness.opea.proto.docarray import TextDoc
from harness.opea.server import Server, listening
from harness.opea.tracked import Tracked

opea_microservices: dict[str, "MicroService"] = {}

Handler = TypeVar("Handler", bound=Callable[..., Any])


class MicroService:
    """A service by name, address and type.

    A local one listens from the moment it is made (RuntimeError if the port is taken; port 0 takes a free one)
    and serves once it is started. A remote one, with `use_remote_service`, is only called. With `api_key` the
    host holds scheme and port, as `https://api.example.com`.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - OPEA's signature
        self,
        name: str = "",
        service_role: ServiceRoleType = ServiceRoleType.MICROSERVICE,
        service_type: ServiceType = ServiceType.LLM,
        protocol: str = "http",
        host: str = "localhost",
        port: int = 8080,
        api_key: str | None = None,
        ssl_keyfile: str | None = None,
        ssl_certfile: str | None = None,
        endpoint: str | None = "/",
        input_datatype: Any = TextDoc,
        output_datatype: Any = TextDoc,
        provider: str | None = None,
        provider_endpoint: str | None = None,
        use_remote_service: bool | None = False,  # noqa: FBT001, FBT002
        description: str | None = None,
        dynamic_batching: bool = False,  # noqa: FBT001, FBT002
        dynamic_batching_timeout: float = 1,
        dynamic_batching_max_batch_size: int = 32,
        enable_mcp: bool = False,  # noqa: FBT001, FBT002
        mcp_func_type: MCPFuncType = MCPFuncType.TOOL,
        func: Callable[..., Any] | None = None,
    ) -> None:
        self.name = f"{name}/{type(self).__name__}" if name else type(self).__name__
        self.title = name
        self.service_role = service_role
        self.service_type = service_type
        self.protocol = protocol
        self.host = host
        self.port = port
        self.api_key = api_key
        self.endpoint = endpoint
        self.input_datatype = input_datatype
        self.output_datatype = output_datatype
        self.provider, self.provider_endpoint = provider, provider_endpoint
        self.use_remote_service = use_remote_service
        self.description = description
        self.dynamic_batching = dynamic_batching
        self.dynamic_batching_timeout = dynamic_batching_timeout
        self.dynamic_batching_max_batch_size = dynamic_batching_max_batch_size
        self.enable_mcp = enable_mcp
        tls = {"ssl_keyfile": ssl_keyfile, "ssl_certfile": ssl_certfile}
        self.uvicorn_kwargs = {name: path for name, path in tls.items() if path}
        self.mcp = server_of(name, host) if enable_mcp and not use_remote_service else None
        if self.mcp is not None:
            offer(self.mcp, func, mcp_func_type, description)
        if not use_remote_service:
            self._listen()

    @property
    def app(self) -> FastAPI:
        """The FastAPI app of a local service."""
        self._validate_env()
        return self._app

    @property
    def api_key_value(self) -> str | None:
        """The key that is sent to this service, and to no other."""
        return self.api_key

    def endpoint_path(self, model: str | None = None) -> str:  # noqa: ARG002 - OPEA's signature
        """The URL to call; a subclass may choose it by the request's model."""
        if self.api_key:
            return f"{self.host}{self.endpoint}"
        return f"{self.protocol}://{self.host}:{self.port}{self.endpoint}"

    def add_route(
        self, endpoint: str, handler: Callable[..., Any], methods: Sequence[str] = ("POST",)
    ) -> None:
        """Serve a function at a route."""
        self.app.router.add_api_route(endpoint, handler, methods=list(methods))
        self._direct.add(endpoint, handler, methods)

    def add_mcp(
        self,
        func: Callable[..., Any],
        mcp_func_type: MCPFuncType = MCPFuncType.TOOL,
        description: str | None = None,
    ) -> None:
        """Offer one more function over MCP; UsageError for a service that was not made with `enable_mcp`."""
        if self.mcp is None:
            raise UsageError(
                f"service {self.name} does not speak MCP; the first registration under its name says enable_mcp"
            )
        offer(self.mcp, func, mcp_func_type, description)

    def add_startup_event(self, func: Coroutine[Any, Any, Any]) -> None:
        """Let a coroutine run from the start on, as long as the service serves."""
        self._validate_env()
        self._startup.jobs.append(func)

    def start(self) -> None:
        """Serve; returns when stopped."""
        self._validate_env()
        self._server.run()

    async def serve(self) -> None:
        """Serve in the running event loop; returns when stopped or cancelled."""
        self._validate_env()
        await self._server.serve()

    def stop(self) -> None:
        """Stop serving; from any thread."""
        self._validate_env()
        self._server.stop()

    async def dynamic_batching_infer(self, service_type: Any, batch: list[dict[str, Any]]) -> Sequence[Any]:
        """One result for each entry of a batch; to be replaced by a service that batches."""
        raise NotImplementedError(
            f"service {self.title}: dynamic_batching_infer({service_type}, {len(batch)})"
        )

    def _listen(self) -> None:
        self.endpoints: list[str] = []
        self._startup = Startup()
        nodes = GRAPHS.services if self.service_role is ServiceRoleType.MEGASERVICE else None
        self._app = make_app(self.title, self.description, self._startup, nodes)
        listener = listening(self.host, self.port)
        self.port = listener.getsockname()[1]
        if self.mcp is not None:
            self._app.router.routes.extend(routes(self.mcp))
        self._direct = Direct(self._app)
        served = Attended(self._direct) if nodes is not None else self._direct
        self._server = Server(Tracked(served, self._app.state), listener, self.uvicorn_kwargs)
        if self.dynamic_batching:
            self.buffer_lock = asyncio.Lock()
            self.request_buffer: Buffer = defaultdict(deque)
            self.add_startup_event(self._answer_batches())

    async def _answer_batches(self) -> None:
        await answer_batches(
            self.request_buffer,
            self.buffer_lock,
            self._infer,
            every_s=self.dynamic_batching_timeout,
            size_max=self.dynamic_batching_max_batch_size,
        )

    async def _infer(self, service_type: Any, batch: list[dict[str, Any]]) -> Sequence[Any]:
        """Looked up each time: services set `dynamic_batching_infer` while they serve."""
        return await self.dynamic_batching_infer(service_type, batch)

    def _validate_env(self) -> None:
        """Refuse what only a local service can do."""
        if self.use_remote_service:
            raise UsageError(
                f"service {self.name} is remote; only a service made without use_remote_service serves"
            )


def register_microservice(
    name: str, *, endpoint: str = "/", methods: Sequence[str] = ("POST",), **options: Any
) -> Callable[[Handler], Handler]:
    """Decorate a function to be served; the first under a name makes the service, others add routes to it.

    `options` are `MicroService`'s; the service type is UNDEFINED unless given. With `enable_mcp` the function is offered over MCP too.
    """

    def registered(handler: Handler) -> Handler:
        service = opea_microservices.get(name)
        if service is None:
            settings = {"service_type": ServiceType.UNDEFINED, "func": handler, **options}
            service = opea_microservices[name] = MicroService(name, endpoint=endpoint, **settings)
        elif options.get("enable_mcp"):
            told = {key: options[key] for key in ("mcp_func_type", "description") if key in options}
            service.add_mcp(handler, **told)
        service.add_route(endpoint, handler, methods)
        return handler

    return registered
