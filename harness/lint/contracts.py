"""What the comps promise, asked by image, by service type and by route."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from harness.comp import FRAMEWORK_PATHS, Comp
from harness.lint.compose import Service

# Further names under which a comp's image is published, GenAIComps 8130a3f `.github/workflows/docker/compose/` and GenAIExamples 15b0d46.
ALIASES = {
    "opea/hallucination-detection": "guardrails.hallucination_detection",
    "opea/guardrails-pii-detection": "guardrails.pii_detection",
    "opea/pii-detection-predictionguard": "guardrails.pii_detection",
    "opea/guardrails-injection-predictionguard": "guardrails.prompt_injection",
    "opea/injection-predictionguard": "guardrails.prompt_injection",
    "opea/guardrails-toxicity-predictionguard": "guardrails.toxicity_detection",
    "opea/toxicity-predictionguard": "guardrails.toxicity_detection",
    "opea/llm-textgen-gaudi": "llms.text_generation",
    "opea/llm-tgi": "llms.text_generation",
    "opea/llm-arb-post-hearing-assistant": "arb_post_hearing_assistant",
    "opea/embedding-tei": "embeddings",
    "opea/reranking-tei": "rerankings",
    "opea/retriever-redis": "retrievers",
    "opea/dataprep-redis": "dataprep",
    "opea/embedding-multimodal-bridgetower-gaudi": "third_parties.bridgetower",
    "opea/text2image-gaudi": "text2image",
    "opea/vllm-gaudi": "third_parties.vllm",
    "opea/vllm-rocm": "third_parties.vllm",
    "opea/vllm-cpu": "third_parties.vllm",
    "openeuler/vllm-cpu": "third_parties.vllm",
    "budstudio/vllm-cpu": "third_parties.vllm",
    "vllm/vllm-openai": "third_parties.vllm",
    "public.ecr.aws/q9t5s3a7/vllm-cpu-release-repo": "third_parties.vllm",
    "ghcr.io/huggingface/tgi-gaudi": "third_parties.tgi",
    "ghcr.io/huggingface/tei-gaudi": "third_parties.tei",
    "opea/tei-gaudi": "third_parties.tei",
    "openeuler/text-embeddings-inference-cpu": "third_parties.tei",
    "openeuler/text-generation-inference-cpu": "third_parties.tgi",
    "opea/whisper-gaudi": "third_parties.whisper",
    "opea/speecht5-gaudi": "third_parties.speecht5",
    "opea/wav2lip-gaudi": "third_parties.wav2lip",
}

# Servers that only the comp before them calls: by themselves they are no node. A compose file may still say that they are.
_BACKENDS = frozenset(
    f"third_parties.{name}"
    for name in ("bridgetower", "llama_vision.worker", "llava", "pathway", "video_llama")
)

_LIKELY = 0.8  # `/v1/retrieve` and `/v1/retrieval` are 0.85 alike, `/v1/bias` and `/v1/asr` 0.71.

# Routes of megaservices, which may be a node of another; comps/cores/mega/constants.py at GenAIComps 8130a3f.
MEGASERVICES = frozenset(
    f"/v1/{name}"
    for name in [
        "chatqna",
        "audioqna",
        "visualqna",
        "videoqna",
        "codegen",
        "codetrans",
        "searchqna",
        "multimodalqna",
        "translation",
        "retrievaltool",
        "graphrag",
        "hybridrag",
        "avatarchatbot",
    ]
)


@dataclass(frozen=True)
class Contracts:
    """All comps that are known."""

    comps: Mapping[str, Comp]

    def of_image(self, image: str) -> tuple[Comp, ...]:
        """The comps that an image without its tag may be; none for one that is not known."""
        if not image:
            return ()
        alias = ALIASES.get(image)
        return tuple(
            comp for comp in self.comps.values() if comp.id == alias or _untagged(comp.image) == image
        )

    def of_type(self, service_type: str) -> tuple[Comp, ...]:
        """The comps of a service type that may be a node."""
        return tuple(comp for comp in self._nodes if comp.service_type == service_type)

    @cached_property
    def _nodes(self) -> tuple[Comp, ...]:
        return tuple(comp for comp in self.comps.values() if comp.id not in _BACKENDS)

    def of_service(self, service: Service) -> tuple[Comp, ...]:
        """The comps that a service of a stack may be, by its image and then by its settings."""
        found = self.of_image(service.image)
        set_so = [comp for comp in found if comp.settings and _is_set_so(comp, service)]
        return tuple(set_so or [comp for comp in found if not comp.settings] or found)

    def at(self, service_type: str, path: str) -> tuple[Comp, ...]:
        """The comps that a node of that type and path may be.

        Those of the type as they are without further settings, else all of the type, else the servers of third parties.
        """
        typed = self.of_type(service_type)
        plain = [comp for comp in typed if not comp.settings and not comp.id.startswith("third_parties.")]
        others = [comp for comp in self._nodes if not comp.framework]
        return next((found for group in (plain, typed, others) if (found := serving(group, path))), ())


def serving(comps: Iterable[Comp], path: str) -> tuple[Comp, ...]:
    """Those of the comps that answer a POST there."""
    return tuple(comp for comp in comps if comp.endpoint(path))


def _is_set_so(comp: Comp, service: Service) -> bool:
    return all(service.value(name) == value for name, value in comp.settings.items())


def gets(comps: Iterable[Comp]) -> frozenset[str]:
    """The paths that these comps answer to a GET."""
    own = {each.path for comp in comps for each in comp.endpoints if each.method == "GET"}
    framework = FRAMEWORK_PATHS if any(comp.framework for comp in comps) else ()
    return frozenset({*own, *framework, *(comp.ready for comp in comps)})


def nearest(comps: Iterable[Comp], path: str) -> str:
    """The POST route most like this path: the one that shares most words with it, then most letters; empty for none."""
    routes = sorted({each.path for comp in comps for each in comp.endpoints if each.method == "POST"})
    return max(routes, key=lambda route: (_shared(route, path), _likeness(route, path)), default="")


def is_likely(route: str, path: str) -> bool:
    """Is the one route so like the other that it is what was meant?"""
    return bool(_shared(route, path)) or _likeness(route, path) > _LIKELY


def _shared(one: str, other: str) -> int:
    words = [
        {word for word in re.split(r"[^a-z0-9]+", text.lower()) if len(word) > 2} for text in (one, other)
    ]
    return len(words[0] & words[1])


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _untagged(image: str) -> str:
    head, slash, last = image.rpartition("/")
    return head + slash + last.partition(":")[0]
