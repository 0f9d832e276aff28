"""A megaservice that answers questions from documents, with its hooks on the class as OPEA's ChatQnA has them."""

import argparse
import json
import os

from comps import MegaServiceEndpoint, MicroService, ServiceOrchestrator, ServiceRoleType, ServiceType
from comps.cores.mega.utils import handle_message
from comps.cores.proto.api_protocol import (
    ChatCompletionRequest,
    ChatCompletionResponse,
    ChatCompletionResponseChoice,
    ChatMessage,
    UsageInfo,
)
from comps.cores.proto.docarray import LLMParams, RetrieverParms
from fastapi import Request
from fastapi.responses import StreamingResponse

MEGA_SERVICE_PORT = int(os.getenv("MEGA_SERVICE_PORT", 8888))
EMBEDDING_SERVER_HOST_IP = os.getenv("EMBEDDING_SERVER_HOST_IP", "0.0.0.0")
EMBEDDING_SERVER_PORT = int(os.getenv("EMBEDDING_SERVER_PORT", 80))
RETRIEVER_SERVICE_HOST_IP = os.getenv("RETRIEVER_SERVICE_HOST_IP", "0.0.0.0")
RETRIEVER_SERVICE_PORT = int(os.getenv("RETRIEVER_SERVICE_PORT", 7000))
RERANK_SERVER_HOST_IP = os.getenv("RERANK_SERVER_HOST_IP", "0.0.0.0")
RERANK_SERVER_PORT = int(os.getenv("RERANK_SERVER_PORT", 80))
LLM_SERVER_HOST_IP = os.getenv("LLM_SERVER_HOST_IP", "0.0.0.0")
LLM_SERVER_PORT = int(os.getenv("LLM_SERVER_PORT", 80))
LLM_MODEL = os.getenv("LLM_MODEL", "a-model")
TOP_N = 2


def prompt_of(question, documents):
    return (
        "### Answer from these search results alone.\n### Search results: {}\n### Question: {}\n### Answer:"
    ).format("\n".join(documents), question)


def align_inputs(self, inputs, cur_node, runtime_graph, llm_parameters_dict, **kwargs):
    kind = self.services[cur_node].service_type
    if kind == ServiceType.EMBEDDING:
        inputs["inputs"] = inputs.pop("text")
    elif kind == ServiceType.RETRIEVER:
        inputs.update(kwargs["retriever_parameters"].dict())
    elif kind == ServiceType.LLM:
        inputs = {
            "model": LLM_MODEL,
            "messages": [{"role": "user", "content": inputs["inputs"]}],
            "max_tokens": llm_parameters_dict["max_tokens"],
            "stream": inputs["stream"],
        }
    return inputs


def align_outputs(self, data, cur_node, inputs, runtime_graph, llm_parameters_dict, **kwargs):
    kind = self.services[cur_node].service_type
    if kind == ServiceType.EMBEDDING:
        assert isinstance(data, list)
        return {"text": inputs["inputs"], "embedding": data[0]}
    if kind == ServiceType.RETRIEVER:
        texts = [doc["text"] for doc in data["retrieved_docs"]]
        if runtime_graph.downstream(cur_node)[0].startswith("rerank"):
            return {"query": data["initial_query"], "texts": texts}
        return {"inputs": prompt_of(data["initial_query"], texts)}
    if kind == ServiceType.RERANK:
        best = [inputs["texts"][each["index"]] for each in data[:TOP_N]]
        return {"inputs": prompt_of(inputs["query"], best)}
    if kind == ServiceType.LLM and not llm_parameters_dict["stream"]:
        return {"text": data["choices"][0]["message"]["content"]}
    return data


def align_generator(self, gen, **kwargs):
    for line in gen:
        line = line.decode("utf-8")
        begin, end = line.find("{"), line.rfind("}") + 1
        if begin == -1 or end <= begin:
            continue
        content = json.loads(line[begin:end])["choices"][0]["delta"].get("content")
        if content is not None:
            yield f"data: {repr(content.encode('utf-8'))}\n\n"
    yield "data: [DONE]\n\n"


class ChatQnAService:
    def __init__(self, host="0.0.0.0", port=8000):
        self.host = host
        self.port = port
        ServiceOrchestrator.align_inputs = align_inputs
        ServiceOrchestrator.align_outputs = align_outputs
        ServiceOrchestrator.align_generator = align_generator
        self.megaservice = ServiceOrchestrator()
        self.endpoint = str(MegaServiceEndpoint.CHAT_QNA)

    def add_remote_service(self, with_rerank=True):
        def remote(name, host, port, endpoint, service_type):
            return MicroService(
                name=name,
                host=host,
                port=port,
                endpoint=endpoint,
                use_remote_service=True,
                service_type=service_type,
            )

        embedding = remote(
            "embedding", EMBEDDING_SERVER_HOST_IP, EMBEDDING_SERVER_PORT, "/embed", ServiceType.EMBEDDING
        )
        retriever = remote(
            "retriever",
            RETRIEVER_SERVICE_HOST_IP,
            RETRIEVER_SERVICE_PORT,
            "/v1/retrieval",
            ServiceType.RETRIEVER,
        )
        rerank = remote("rerank", RERANK_SERVER_HOST_IP, RERANK_SERVER_PORT, "/rerank", ServiceType.RERANK)
        llm = remote("llm", LLM_SERVER_HOST_IP, LLM_SERVER_PORT, "/v1/chat/completions", ServiceType.LLM)
        chain = [embedding, retriever, rerank, llm] if with_rerank else [embedding, retriever, llm]
        for each in chain:
            self.megaservice.add(each)
        for before, after in zip(chain, chain[1:]):
            self.megaservice.flow_to(before, after)

    async def handle_request(self, request: Request):
        data = await request.json()
        chat_request = ChatCompletionRequest.parse_obj(data)
        parameters = LLMParams(max_tokens=chat_request.max_tokens or 1024, stream=data.get("stream", True))
        result_dict, runtime_graph = await self.megaservice.schedule(
            initial_inputs={"text": handle_message(chat_request.messages)},
            llm_parameters=parameters,
            retriever_parameters=RetrieverParms(k=chat_request.k or 4),
        )
        for response in result_dict.values():
            if isinstance(response, StreamingResponse):
                return response
        text = result_dict[runtime_graph.all_leaves()[-1]]["text"]
        message = ChatMessage(role="assistant", content=text)
        choice = ChatCompletionResponseChoice(index=0, message=message, finish_reason="stop")
        return ChatCompletionResponse(model="chatqna", choices=[choice], usage=UsageInfo())

    def start(self):
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


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--without-rerank", action="store_true")
    args = parser.parse_args()
    print("this file prints, which is no business of the harness")

    chatqna = ChatQnAService(port=MEGA_SERVICE_PORT)
    chatqna.add_remote_service(with_rerank=not args.without_rerank)
    chatqna.start()
