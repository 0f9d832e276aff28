"""Which comp a service is."""

import pytest

from harness.compose.known import comp_of
from harness.errors import UsageError


@pytest.mark.parametrize(
    ("lines", "place", "comp"),
    [
        ("image: opea/retriever:1", "", "retrievers"),
        ("image: opea-harness.local/retriever:1", "", "retrievers"),
        ("image: localhost:5000/mine/reranking@sha256:1", "", "rerankings"),
        ("image: public.ecr.aws/q9t5s3a7/vllm-cpu-release-repo:v0.10.1", "", "third_parties.vllm"),
        ("image: redis", "", None),
        ("image: redis", "mock:embeddings", "embeddings"),
        ("image: opea/arb-post-hearing-assistant\nenvironment: [MEGA_SERVICE_HOST_IP=x]", "", None),
        ("image: opea/llm-docsum\nenvironment: [MEGA_SERVICE_HOST_IP=x]", "", "llms.doc_summarization"),
    ],
)
def test_a_comp_is_named_or_known_by_its_image(resolver, comps, lines, place, comp):
    """Whatever registry it comes from; a megaservice is none, although some bear a comp's name."""
    found = comp_of(resolver(lines).service, place, comps)

    assert (found.id if found else None) == comp


def test_a_mock_of_what_is_not_known_is_usage(resolver, comps):
    """It is asked which comp it is."""
    with pytest.raises(
        UsageError, match="--node web=mock: no comp is known by the image 'redis'; --node web=mock:COMP"
    ):
        comp_of(resolver("image: redis").service, "mock", comps)
