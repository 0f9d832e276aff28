"""SGLang: the OpenAI-like server behind OPEA's text generation, which wants its key."""

from dataclasses import replace

from harness.comp import Comp
from mocks.third_parties._server import Server, health

SOURCE = "sgl-project/sglang, python/sglang/srt/entrypoints/http_server.py"
KEY = "upstream is started with a key (HF_TOKEN) and refuses requests without it with 401; here none is asked for"

COMP = Comp(
    id="third_parties.sglang",
    title="sglang",
    port=8699,
    service_type="LLM",
    image="opea/sglang:latest",
    framework=False,
    statistics=False,
    validation_status=400,
    ready="/health",
    endpoints=(
        *(replace(endpoint, notes=(KEY,)) for endpoint in Server("sglang").endpoints(SOURCE)),
        health(SOURCE),
    ),
)
