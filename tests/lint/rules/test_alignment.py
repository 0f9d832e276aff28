"""reply-not-readable."""

from tests.lint.graphs import megaservice, node

RULE = "reply-not-readable"
GUARDED = (
    node("guard", "/v1/bias", "GUARDRAIL"),
    node("embedding", "/v1/embeddings", "EMBEDDING"),
    "mega.add(guard).add(embedding)",
    "mega.flow_to(guard, embedding)",
)


def test_an_edge_without_a_hook_that_does_not_fit_is_found(linted):
    """A TextDoc is no embedding request: what there is and what is needed."""
    assert linted(RULE, {"m.py": megaservice(*GUARDED)}) == [
        (
            "m.py:7 embedding (embeddings, POST /v1/embeddings) cannot read what guard (guardrails.bias_detection, POST /v1/bias) "
            "answers: the reply has downstream_black_list, id, text; the request needs input"
        )
    ]


def test_a_hook_is_trusted(linted):
    """On the class, on one orchestrator, or in a class of one's own."""
    on_class = megaservice("ServiceOrchestrator.align_inputs = print", *GUARDED)
    on_one = megaservice(*GUARDED, "mega.align_outputs = print")
    derived = megaservice(*GUARDED, "class Own(ServiceOrchestrator):", "    def align_inputs(self): ...")

    assert [linted(RULE, {"m.py": text}) for text in (on_class, on_one, derived)] == [[], [], []]


def test_a_streams_hook_does_not_align(linted):
    """`align_generator` is for streams: requests and replies stay as they are."""
    assert linted(RULE, {"m.py": megaservice("ServiceOrchestrator.align_generator = print", *GUARDED)})


def test_a_reply_that_is_no_object_is_said(linted):
    """TEI answers a list of vectors."""
    found = linted(
        RULE,
        {
            "m.py": megaservice(
                node("embedding", "/embed", "EMBEDDING"),
                node("retriever", "/v1/retrieval", "RETRIEVER"),
                "mega.add(embedding).add(retriever)",
                "mega.flow_to(embedding, retriever)",
            )
        },
    )

    assert len(found) == 1
    assert "the reply is no JSON object; the request needs embedding, text" in found[0]


def test_an_edge_that_fits_is_silent(linted):
    """The reranker reads what the retriever answers, and the LLM what the reranker does."""
    fits = megaservice(
        node("retriever", "/v1/retrieval", "RETRIEVER"),
        node("rerank", "/v1/reranking", "RERANK"),
        node("llm", "/v1/chat/completions", "LLM"),
        "mega.add(retriever).add(rerank).add(llm)",
        "mega.flow_to(retriever, rerank)",
        "mega.flow_to(rerank, llm)",
    )

    assert linted(RULE, {"m.py": fits}) == []


def test_the_image_tells_which_contract_a_route_has(linted):
    """`/v1/embeddings` of the CLIP server reads a TextDoc, and of OPEA's multimodal embedding too."""
    compose = """\
        services:
          guard:
            image: opea/guardrails-bias-detection
            ports: ["9092:9092"]
          clip:
            image: {}
            ports: ["6990:6990"]
            environment:
              MULTIMODAL_EMBEDDING: "true"
        """
    graph = megaservice(
        node("guard", "/v1/bias", "GUARDRAIL", port="9092"),
        node("embedding", "/v1/embeddings", "EMBEDDING", port="6990"),
        *GUARDED[2:],
    )

    for image in ("opea/embedding-multimodal-clip", "opea/embedding"):
        assert linted(RULE, {"m.py": graph, "compose.yaml": compose.format(image)}) == []


def test_a_wrong_route_is_held_to_the_one_that_was_meant(linted):
    """When the route is mended the edge does not fit either: both are told at once."""
    wrong = megaservice(node("guard", "/v1/detect_bias", "GUARDRAIL"), *GUARDED[1:])

    assert linted(RULE, {"m.py": wrong}) == linted(RULE, {"m.py": megaservice(*GUARDED)})


def test_an_end_that_is_not_known_is_silent(linted):
    """A type that no comp has, or a route that none serves, which is another rule's finding."""
    unknown = (node("a", "/x", "TEXT2KG_OF_TOMORROW"), node("b", "/v1/embeddings", "EMBEDDING"))

    assert linted(RULE, {"m.py": megaservice(*unknown, "mega.add(a).add(b)", "mega.flow_to(a, b)")}) == []
