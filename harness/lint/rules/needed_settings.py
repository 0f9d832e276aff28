"""Settings without which a comp looks for its backend in its own container, or does not start."""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.lint.compose import Service
from harness.lint.finding import Found, Rule
from harness.lint.sources import Sources


@dataclass(frozen=True, slots=True)
class Need:
    """What one component of an image needs: one of these variables. No component: whatever it is."""

    image: str
    component: str
    variables: tuple[str, ...]


# The variable that names an image's component, and the component without it; GenAIComps 8130a3f, each comp's opea_*_microservice.py.
COMPONENTS = {
    "opea/embedding": ("EMBEDDING_COMPONENT_NAME", "OPEA_TEI_EMBEDDING"),
    "opea/reranking": ("RERANK_COMPONENT_NAME", "OPEA_TEI_RERANKING"),
    "opea/retriever": ("RETRIEVER_COMPONENT_NAME", "OPEA_RETRIEVER_REDIS"),
    "opea/dataprep": ("DATAPREP_COMPONENT_NAME", "OPEA_DATAPREP_REDIS"),
}
# GenAIComps 8130a3f, the integrations of each comp: what has no default, or one of localhost.
NEEDS = (
    Need("opea/animation", "", ("WAV2LIP_ENDPOINT",)),
    Need("opea/asr", "", ("ASR_ENDPOINT",)),
    Need("opea/tts", "", ("TTS_ENDPOINT",)),
    Need("opea/chathistory", "", ("OPEA_STORE_NAME",)),
    Need("opea/feedbackmanagement", "", ("OPEA_STORE_NAME",)),
    Need("opea/promptregistry", "", ("OPEA_STORE_NAME",)),
    Need("opea/guardrails", "", ("SAFETY_GUARD_ENDPOINT",)),
    Need("opea/guardrails-factuality-predictionguard", "", ("PREDICTIONGUARD_API_KEY",)),
    Need("opea/llm-docsum", "", ("LLM_ENDPOINT", "TGI_LLM_ENDPOINT", "vLLM_ENDPOINT")),
    Need("opea/llm-faqgen", "", ("LLM_ENDPOINT", "TGI_LLM_ENDPOINT", "vLLM_ENDPOINT")),
    Need("opea/web-retriever", "", ("GOOGLE_API_KEY",)),
    Need("opea/web-retriever", "", ("GOOGLE_CSE_ID",)),
    Need("opea/embedding", "OPEA_CLIP_EMBEDDING", ("CLIP_EMBEDDING_ENDPOINT",)),
    Need("opea/embedding", "OPEA_OVMS_EMBEDDING", ("OVMS_EMBEDDING_ENDPOINT",)),
    Need("opea/embedding", "OPEA_TEI_EMBEDDING", ("TEI_EMBEDDING_ENDPOINT",)),
    Need("opea/reranking", "OPEA_OVMS_RERANKING", ("OVMS_RERANKING_ENDPOINT",)),
    Need("opea/reranking", "OPEA_TEI_RERANKING", ("TEI_RERANKING_ENDPOINT",)),
    Need("opea/retriever", "OPEA_RETRIEVER_ELASTICSEARCH", ("ES_CONNECTION_STRING",)),
    Need("opea/retriever", "OPEA_RETRIEVER_PGVECTOR", ("PG_CONNECTION_STRING",)),
    Need("opea/retriever", "OPEA_RETRIEVER_REDIS", ("REDIS_URL", "REDIS_HOST")),
    Need("opea/dataprep", "OPEA_DATAPREP_ELASTICSEARCH", ("ES_CONNECTION_STRING",)),
    Need("opea/dataprep", "OPEA_DATAPREP_PGVECTOR", ("PG_CONNECTION_STRING",)),
    Need("opea/dataprep", "OPEA_DATAPREP_REDIS", ("REDIS_URL", "REDIS_HOST")),
)


def _find(sources: Sources) -> Iterator[Found]:
    for service in sources.compose.services.values() if sources.compose else ():
        component = _component(service)
        for need in NEEDS:
            if need.image != service.image or need.component not in ("", component):
                continue
            if not any(service.gives(name) and service.value(name) != "" for name in need.variables):
                names = " or ".join(need.variables)
                role = f"component {component} of {service.image}" if need.component else service.image
                yield Found(
                    service.spot,
                    f"{service.name} is not given {names}, which {role} needs",
                    f"Give it {names}",
                )


def _component(service: Service) -> str | None:
    """The component that an image runs as; None where it has none or it cannot be known."""
    variable, default = COMPONENTS.get(service.image, ("", None))
    if any(
        (service.value(name) or "").lower() == "true"
        for name in ("MULTIMODAL_EMBEDDING", "MULTIMODAL_DATAPREP")
    ):
        return None
    return service.value(variable) if service.gives(variable) else default


RULES = (
    Rule(
        "setting-missing",
        "The comp does not start, or looks for its backend in its own container and answers every request with a bare 500.",
        "Give the comp what it reads",
        _find,
    ),
)
