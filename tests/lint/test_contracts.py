"""What the comps promise, by image, type and route."""

import pytest

from harness.discovery import COMP, discover
from harness.lint.compose import read_compose
from harness.lint.contracts import ALIASES, Contracts, gets, is_likely, nearest, serving


@pytest.fixture(scope="module")
def contracts():
    """Return all bundled comps."""
    return Contracts(discover(COMP))


def ids(comps):
    """Return the comps' ids."""
    return [comp.id for comp in comps]


def test_an_image_is_known_by_each_of_its_names(contracts):
    """Every further name leads to a comp that there is."""
    assert ids(contracts.of_image("opea/guardrails-bias-detection")) == ["guardrails.bias_detection"]
    assert ids(contracts.of_image("vllm/vllm-openai")) == ["third_parties.vllm"]
    assert contracts.of_image("") == contracts.of_image("example/mine") == ()
    assert [name for name, comp in ALIASES.items() if comp not in contracts.comps] == []


def test_settings_tell_comps_of_one_image_apart(contracts, write):
    """opea/embedding is text's unless it is told otherwise."""
    text = "services:\n  s:\n    image: opea/embedding\n    environment: {{MULTIMODAL_EMBEDDING: '{}'}}\n"
    paths = write({name: text.format(name.removesuffix(".yaml")) for name in ("false.yaml", "true.yaml")})
    services = [read_compose([path], {}).services["s"] for path in paths]

    assert [ids(contracts.of_service(service)) for service in services] == [
        ["embeddings"],
        ["embeddings.multimodal"],
    ]


@pytest.mark.parametrize(
    ("kind", "path", "expected"),
    [
        ("GUARDRAIL", "/v1/bias", ["guardrails.bias_detection"]),
        ("EMBEDDING", "/v1/embeddings", ["embeddings"]),
        ("EMBEDDING", "/embed", ["third_parties.tei"]),
        ("RERANK", "/rerank", ["third_parties.tei"]),
        ("RETRIEVER", "/v1/retrieve", []),
        ("GUARDRAIL", "/v1/embeddings", []),
    ],
)
def test_a_type_and_a_route_tell_what_a_node_may_be(contracts, kind, path, expected):
    """OPEA's comp first, then the servers that megaservices call directly; none that only a comp calls."""
    assert ids(contracts.at(kind, path)) == expected


@pytest.mark.parametrize(
    ("kind", "path", "route"),
    [
        ("GUARDRAIL", "/v1/detect_bias", "/v1/bias"),
        ("RETRIEVER", "/v1/retrieve", "/v1/retrieval"),
        ("EMBEDDING", "/v1/embeddings/multimodal", "/v1/embeddings"),
    ],
)
def test_the_nearest_route_shares_words_before_letters(contracts, kind, path, route):
    """The three wrong routes of a newcomer's graph."""
    assert nearest(contracts.of_type(kind), path) == route


def test_of_no_comps_there_is_no_nearest(contracts):
    """And none that serves."""
    assert (nearest((), "/x"), serving((), "/x"), gets(())) == ("", (), frozenset())


def test_side_paths_are_the_frameworks_and_a_servers_own(contracts):
    """OPEA's comps answer to `/v1/health_check`, vLLM does not."""
    comps = contracts.comps

    assert "/v1/health_check" in gets([comps["retrievers"]])
    assert "/v1/health_check" not in gets([comps["third_parties.vllm"]])
    assert "/health" in gets([comps["third_parties.vllm"]])


def test_likely_is_what_shares_a_word_or_most_letters():
    """Anything is nearest to something; not all of it was meant."""
    pairs = [
        ("/v1/bias", "/v1/detect_bias"),
        ("/v1/retrieval", "/v1/retrieve"),
        ("/v1/bias", "/v1/asr"),
        ("", "/x"),
    ]

    assert [is_likely(*pair) for pair in pairs] == [True, True, False, False]
