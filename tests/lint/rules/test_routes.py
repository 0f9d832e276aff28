"""endpoint-not-served."""

from harness.lint.linter import lint
from harness.lint.sources import read_sources
from tests.lint.graphs import megaservice, node

RULE = "endpoint-not-served"


def one(endpoint, kind, **more):
    """Return a megaservice of one node."""
    return megaservice(node("n", endpoint, kind, **more), "mega.add(n)")


def test_a_route_that_no_comp_of_the_type_serves_is_named(linted):
    """With its line, node and type."""
    assert linted(RULE, {"m.py": one("/v1/detect_bias", "GUARDRAIL")}) == [
        "m.py:4 node n calls POST /v1/detect_bias, which a GUARDRAIL comp does not serve"
    ]


def test_the_nearest_contract_is_named(write):
    """Words that routes share go before letters: bias detection is not hallucination detection."""
    (path,) = write({"m.py": one("/v1/detect_bias", "GUARDRAIL")})
    mends = [each.mend for each in lint(read_sources([path])) if each.id == RULE]

    assert mends == ["Call POST /v1/bias (guardrails.bias_detection), the promised route most like it"]


def test_promised_routes_are_silent(linted):
    """Those of OPEA's comps, of the servers behind them, of a megaservice as a node, and of types that are not known."""
    served = [
        ("/v1/bias", "GUARDRAIL"),
        ("/embed", "EMBEDDING"),
        ("/rerank", "RERANK"),
        ("/v1/asr", "ASR"),
        ("/", "TTS"),
        ("/v1/chatqna", "LLM"),
        ("/anything", "TEXT2KG_OF_TOMORROW"),
    ]

    assert [linted(RULE, {"m.py": one(*each)}) for each in served] == [[]] * len(served)


def test_a_service_is_held_to_its_own_image(linted):
    """`/v1/bias` is a guardrail's route, but not that of the image behind this host."""
    compose = """\
        services:
          guard:
            image: opea/guardrails:latest
            ports: ["9090:9090"]
        """
    wrong = one("/v1/bias", "GUARDRAIL", port="9090")
    right = one("/v1/guardrails", "GUARDRAIL", port="9090")

    assert linted(RULE, {"m.py": wrong, "compose.yaml": compose}) == [
        "m.py:4 node n calls POST /v1/bias, which guard (opea/guardrails) does not serve"
    ]
    assert linted(RULE, {"m.py": right, "compose.yaml": compose}) == []


def test_a_graph_that_another_stack_runs_is_no_finding(linted):
    """Two builders in one file call one address on two routes; the image serves one of them."""
    builders = megaservice(
        "def chat():",
        "    " + node("llm", "/v1/chat/completions", "LLM", port="9009"),
        "    mega.add(llm)",
        "def faq():",
        "    " + node("llm", "/v1/faqgen", "LLM", port="9009"),
        "    mega.add(llm)",
    )
    compose = """\
        services:
          vllm:
            image: opea/vllm:latest
            ports: ["9009:80"]
        """

    assert linted(RULE, {"m.py": builders, "compose.yaml": compose}) == []
