"""What `from harness.opea import ...` gives, and the two examples that it was made for."""

import ast
import asyncio
import textwrap

import httpx

import harness.opea
from harness.opea import (
    MicroService,
    ServiceOrchestrator,
    ServiceRoleType,
    ServiceType,
)
from harness.opea.proto.api_protocol import ChatCompletionRequest, ChatCompletionResponse
from tests.opea.lab import Lab, Stream, openai
from tests.opea.serving import serving

# What `comps/__init__.py` of GenAIComps 8130a3f gives.
UPSTREAM = [
    "Audio2TextDoc",
    "Base64ByteStrDoc",
    "DocPath",
    "EmbedDoc",
    "GeneratedDoc",
    "LLMParamsDoc",
    "SearchedDoc",
    "SearchedMultimodalDoc",
    "LVMSearchedMultimodalDoc",
    "RerankedDoc",
    "TextDoc",
    "MetadataTextDoc",
    "RAGASParams",
    "RAGASScores",
    "GraphDoc",
    "LVMDoc",
    "LVMVideoDoc",
    "ImagePath",
    "ImagesPath",
    "VideoPath",
    "ImageDoc",
    "SDInputs",
    "SDImg2ImgInputs",
    "SDOutputs",
    "TextImageDoc",
    "MultimodalDoc",
    "EmbedMultimodalDoc",
    "FactualityDoc",
    "ScoreDoc",
    "PIIRequestDoc",
    "PIIResponseDoc",
    "Audio2text",
    "DocSumDoc",
    "PromptTemplateInput",
    "TranslationInput",
    "MegaServiceEndpoint",
    "ServiceRoleType",
    "ServiceType",
    "ServiceOrchestrator",
    "ServiceOrchestratorWithYaml",
    "MicroService",
    "register_microservice",
    "opea_microservices",
    "opea_telemetry",
    "OpeaComponent",
    "OpeaComponentRegistry",
    "OpeaComponentLoader",
    "statistics_dict",
    "register_statistics",
    "CustomLogger",
]

# The two examples of a newcomer's notes on OPEA, as written.
SERVICE = """
self.service = MicroService(
    self.__class__.__name__,
    service_role=ServiceRoleType.MEGASERVICE,
    host=self.host,
    port=self.port,
    endpoint=self.endpoint,
    input_datatype=ChatCompletionRequest,
    output_datatype=ChatCompletionResponse,
)
self.service.add_route(self.endpoint, self.handle_request, methods=["POST"])
self.service.start()
"""
GRAPH = """
self.megaservice = ServiceOrchestrator()
self.megaservice.add(guardrail_in).add(embedding).add(retriever).add(rerank).add(llm)
self.megaservice.flow_to(guardrail_in, embedding)
self.megaservice.flow_to(embedding, retriever)
self.megaservice.flow_to(retriever, rerank)
self.megaservice.flow_to(rerank, llm)
"""


def test_all_that_comps_gives_is_there():
    """A megaservice finds every name it imports."""
    assert [name for name in UPSTREAM if not hasattr(harness.opea, name)] == []
    assert set(UPSTREAM) <= set(harness.opea.__all__)


def run(lines, **names):
    """Run lines as they stand."""
    exec(compile(ast.parse(textwrap.dedent(lines)), "example", "exec"), globals(), names)


class ExampleService:
    """A megaservice of which both examples are the body."""

    host, port, endpoint = "127.0.0.1", 0, "/v1/example-service"

    def build(self, **nodes):
        run(GRAPH, self=self, **nodes)

    def make(self):
        run(SERVICE.replace("self.service.start()", ""), self=self)

    async def handle_request(self, request: ChatCompletionRequest):
        results, _ = await self.megaservice.schedule({"text": request.messages})
        return results["llm/MicroService"]


def test_the_graph_of_the_notes_runs_as_written():
    """Five nodes in a row, each asked once, and the model's stream is the answer."""

    async def main():
        async with Lab() as lab:
            nodes = {
                name: await lab.node(name, lambda body, name=name: {"text": f"{body['text']} {name}"})
                for name in ("guardrail_in", "embedding", "retriever", "rerank")
            }
            llm = await lab.llm("llm", Stream(openai("an", " answer")))
            example = ExampleService()
            example.build(**nodes, llm=llm)
            results, _ = await example.megaservice.schedule({"text": "q"})
            items = [item async for item in results["llm/MicroService"].body_iterator]
            return [seen.node for seen in lab.seen], lab.bodies("llm")[0]["text"], items[-1]

    order, text, last = asyncio.run(main())

    assert order == ["guardrail_in", "embedding", "retriever", "rerank", "llm"]
    assert text == "q guardrail_in embedding retriever rerank"
    assert last == b"data: [DONE]\n\n"


def test_the_service_of_the_notes_runs_as_written():
    """It serves its route; only its start is called in a thread, for it returns when the service is stopped."""
    example = ExampleService()

    class Answers:
        async def schedule(self, inputs):
            return {"llm/MicroService": {"text": inputs["text"]}}, None

    example.megaservice = Answers()
    example.make()
    with serving(example.service) as address:
        reply = httpx.post(f"{address}/v1/example-service", json={"messages": "hello"})

    assert (reply.status_code, reply.json()) == (200, {"text": "hello"})
    assert example.service.service_role is ServiceRoleType.MEGASERVICE
    assert (example.service.name, ServiceType.LLM.value) == ("ExampleService/MicroService", 4)
    assert (MicroService, ServiceOrchestrator, ChatCompletionResponse) is not None
