"""vLLM: the OpenAI-like server behind OPEA's text generation."""

from harness.comp import Comp
from mocks.third_parties._server import Server, health

SOURCE = "vllm-project/vllm, vllm/entrypoints/openai/api_server.py"

COMP = Comp(
    id="third_parties.vllm",
    title="vllm",
    port=80,
    service_type="LLM",
    image="opea/vllm:latest",
    framework=False,
    statistics=False,
    validation_status=400,
    ready="/health",
    engine="vllm",
    endpoints=(*Server("vllm").endpoints(SOURCE), health(SOURCE)),
)
