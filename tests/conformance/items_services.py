"""Services (tests/cores/mega/test_microservice.py, test_multimega*.py, test_dynamic_batching.py, GenAIComps 8130a3f)."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from tests.conformance.nodes import asked, free_port, refused, serving


def item_35_a_taken_port_is_a_runtime_error():
    """When the second service is made."""
    from comps import MicroService

    port = free_port()
    first = MicroService(name="s1", host="127.0.0.1", port=port, endpoint="/v1/add")
    with refused(RuntimeError, f"port:{port}"):
        MicroService(name="s2", host="127.0.0.1", port=port, endpoint="/v1/add")
    first.stop()


def served(work):
    """What `work(service)` gives of a service that is registered by a decorator and has a route more."""
    from comps import TextDoc, opea_microservices, register_microservice

    @register_microservice(name="conforming", host="127.0.0.1", port=free_port(), endpoint="/v1/add")
    async def add(request: TextDoc) -> TextDoc:
        return {"text": request.text + "OPEA Project!"}

    service = opea_microservices.pop("conforming")
    service.add_route("/v1/sum", lambda: 1 + 1, methods=["GET"])
    with serving(service):
        return work(service)


def item_36_a_decorated_function_is_served():
    """At its endpoint."""
    status, said = served(lambda service: asked(service.port, "POST", "/v1/add", {"text": "Hello, "}))
    assert (status, said["text"]) == (200, "Hello, OPEA Project!")


def item_37_a_route_is_added():
    """Beside the function's."""
    assert served(lambda service: asked(service.port, "GET", "/v1/sum")) == (200, 2)


def item_38_metrics_are_served():
    """For Prometheus."""
    assert served(lambda service: asked(service.port, "GET", "/metrics"))[0] == 200


def item_39_a_service_says_what_it_is():
    """Its title, its version and a description, and nothing else."""
    from comps.version import __version__

    assert served(lambda service: asked(service.port, "GET", "/v1/health_check")) == (
        200,
        {
            "Service Title": "conforming",
            "Version": __version__,
            "Service Description": "OPEA Microservice Infrastructure",
        },
    )


def item_40_two_routes_of_one_name_are_batched_together():
    """Each caller gets its own result."""
    from comps import ServiceType, TextDoc, opea_microservices, register_microservice

    sizes = []

    async def infer(service_type, batch):
        sizes.append(len(batch))
        return [{"result": f"processed: {entry['request'].text}"} for entry in batch]

    options = {"dynamic_batching": True, "dynamic_batching_timeout": 0.5}

    def route(endpoint, port):
        @register_microservice(name="batched", host="127.0.0.1", port=port, endpoint=endpoint, **options)
        async def add(request: TextDoc) -> dict:
            service = opea_microservices["batched"]
            response = asyncio.get_running_loop().create_future()
            async with service.buffer_lock:
                entry = {"request": request, "response": response}
                service.request_buffer[ServiceType.EMBEDDING].append(entry)
            return await response

    route("/v1/add1", free_port())
    route("/v1/add2", 1)
    service = opea_microservices["batched"]
    service.dynamic_batching_infer = infer
    with serving(service), ThreadPoolExecutor(2) as pool:
        wanted = (("/v1/add1", "Hello, "), ("/v1/add2", "OPEA Project!"))
        told = list(pool.map(lambda each: asked(service.port, "POST", each[0], {"text": each[1]})[1], wanted))
    del opea_microservices["batched"]
    assert [each["result"] for each in told] == ["processed: Hello, ", "processed: OPEA Project!"]
    assert sum(sizes) == 2
