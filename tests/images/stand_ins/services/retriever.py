"""A retriever over pgvector on the real base class of opea-comps: LangChain's own store, between shapes of opea-comps.

It does what OPEA's does (comps/retrievers at GenAIComps 8130a3f): the collection is PG_INDEX_NAME's, `k` and `search_type` are passed
over, and without its database it does not start.
"""

import os
import time

from comps import (
    EmbedDoc,
    EmbedMultimodalDoc,
    OpeaComponent,
    OpeaComponentLoader,
    OpeaComponentRegistry,
    SearchedMultimodalDoc,
    ServiceType,
    TextDoc,
    opea_microservices,
    register_microservice,
    register_statistics,
    statistics_dict,
)
from comps.cores.proto.api_protocol import (
    ChatCompletionRequest,
    EmbeddingResponse,
    RetrievalRequest,
    RetrievalRequestArangoDB,
    RetrievalResponse,
    RetrievalResponseData,
)
from langchain_community.vectorstores import PGVector

NAME = "opea_service@retrievers"


@OpeaComponentRegistry.register("OPEA_RETRIEVER_PGVECTOR")
class PgvectorRetriever(OpeaComponent):
    """Asks PostgreSQL."""

    def __init__(self, name, description, config=None):
        super().__init__(name, ServiceType.RETRIEVER.name.lower(), description, config)
        self.store = PGVector(
            connection_string=os.getenv("PG_CONNECTION_STRING", "localhost"),
            embedding_function=None,  # Whoever asks brings the vector.
            collection_name=os.getenv("PG_INDEX_NAME", "rag_pgvector"),
        )

    def check_health(self) -> bool:
        return True

    async def invoke(self, vector):
        return await self.store.asimilarity_search_by_vector(vector)


loader = OpeaComponentLoader(
    os.getenv("RETRIEVER_COMPONENT_NAME", "OPEA_RETRIEVER_REDIS"), description="searches for vectors"
)


@register_microservice(
    name=NAME, service_type=ServiceType.RETRIEVER, endpoint="/v1/retrieval", host="0.0.0.0", port=7000
)
@register_statistics(names=[NAME])
async def retrieve(
    input: EmbedDoc  # noqa: A002 - as OPEA calls it
    | EmbedMultimodalDoc
    | RetrievalRequest
    | RetrievalRequestArangoDB
    | ChatCompletionRequest,
) -> SearchedMultimodalDoc | RetrievalResponse | ChatCompletionRequest:
    began = time.time()
    vector = input.embedding
    found = await loader.invoke(vector.data[0].embedding if isinstance(vector, EmbeddingResponse) else vector)
    statistics_dict[NAME].append_latency(time.time() - began, None)
    if isinstance(input, EmbedDoc):
        return SearchedMultimodalDoc(
            retrieved_docs=[TextDoc(text=each.page_content) for each in found],
            initial_query=input.text,
            metadata=[each.metadata for each in found if each.metadata],
        )
    documents = [RetrievalResponseData(text=each.page_content, metadata=each.metadata) for each in found]
    if isinstance(input, RetrievalRequest):
        return RetrievalResponse(retrieved_docs=documents)
    input.retrieved_docs = documents
    input.documents = [each.text for each in documents]
    return input


opea_microservices[NAME].start()
