"""What is known of real comps excuses what they do and nothing beside it: the same answer to another request is a failure."""

import pytest

from harness.contract.promises import known
from harness.contract.talk import Answer
from harness.discovery import COMP, discover

COMPS = discover(COMP)
USER = {"role": "user", "content": "x"}
VECTOR = {"text": "x", "embedding": [0.1] * 768}


def named(comp, path, request, status, promised=200):
    """The id of the deviation that an answer of that status is, or None."""
    answer = Answer(status, "application/json", b"{}")
    found = known(COMPS[comp].endpoint(path), request, answer, promised)
    return found and found.id


@pytest.mark.parametrize(
    ("comp", "path", "status", "request_", "other"),
    [
        ("retrievers", "/v1/retrieval", 200, {**VECTOR, "k": 2}, VECTOR),
        ("retrievers", "/v1/retrieval", 200, {**VECTOR, "index_name": "a"}, {**VECTOR, "k": 4}),
        ("retrievers", "/v1/retrieval", 500, {**VECTOR, "base64_image": "QUJD"}, {**VECTOR, "url": "x"}),
        ("llms.text_generation", "/v1/chat/completions", 500, {"messages": [{"content": "x"}]}, {"messages": [USER]}),
        ("llms.text_generation", "/v1/chat/completions", 500, {"messages": "x", "chat_template": "{"}, {"messages": "x"}),
        ("llms.text_generation", "/v1/chat/completions", 500, {"query": "x", "max_tokens": 0}, {"query": "x", "max_tokens": 1}),
        ("retrievers", "/v1/retrieval", 500, {"embedding": {"data": []}}, {"embedding": [0.1] * 768}),
        ("third_parties.clip", "/v1/embeddings", 500, {"input": []}, {"input": "x"}),
        ("guardrails.hallucination_detection", "/v1/hallucination_detection", 500, {"messages": "x"}, {"messages": [USER]}),
        ("dataprep", "/v1/dataprep/get", 500, {"index_name": "a"}, {}),
        ("rerankings.video", "/v1/reranking", 500, {"metadata": []}, {"metadata": [{"video": "a.avi"}]}),
        ("lvms", "/v1/lvm", 500, {"metadata": [{"b64_img_str": "QUJD"}]}, {"image": ""}),
        ("embeddings.multimodal", "/v1/embeddings", 500, {"text": {}, "image": {}}, {"text": "x"}),
    ],
)  # fmt: skip
def test_what_is_known_of_one_request_is_a_failure_for_another(comp, path, status, request_, other):
    """By the request; another status is another fault anyway."""
    promised = 400 if comp == "rerankings.video" else 200

    assert named(comp, path, request_, status, promised) is not None
    assert named(comp, path, other, status, promised) is None
    assert named(comp, path, request_, 502, promised) is None


@pytest.mark.parametrize(
    ("comp", "path", "status", "request_"),
    [
        ("agent.rag_agent", "/v1/threads/{thread_id}/runs", 200, {"assistant_id": "x"}),
        ("retrievers", "/v1/retrieval", 500, {**VECTOR, "base64_image": "QUJD"}),
    ],
)
def test_what_takes_an_answers_place_excuses_no_refusal(comp, path, status, request_):
    """Where 422 was promised it is a failure."""

    assert named(comp, path, request_, status, 200) is not None
    assert named(comp, path, request_, status, 422) is None


def test_dataprep_that_lists_nothing_is_known_of_qdrant_alone():
    """Over pgvector `null` is a failure."""

    assert named("dataprep.qdrant", "/v1/dataprep/get", {}, 200) == "left-out"
    assert named("dataprep", "/v1/dataprep/get", {}, 200) is None
