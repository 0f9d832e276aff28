"""A contract as it is asked of what stands at one node."""

from harness.contract.fitting import fitted
from harness.discovery import COMP, SCENARIO, discover

COMPS = discover(COMP)
SEED = discover(SCENARIO)["rag-seed"]


def requests(comp):
    """What is asked of it."""
    return [
        example.request
        for endpoint in comp.endpoints
        for variant in endpoint.variants
        for example in variant.examples
    ]


def test_opeas_own_comp_is_asked_on_every_route():
    """As its contract says, where nothing is to be fitted."""
    comp = COMPS["embeddings"]

    assert fitted(comp, SEED.megaservice.node("embedding"), None) == comp


def test_a_model_server_is_asked_on_the_route_that_the_graph_calls():
    """For the model that it has; a model that nobody has stays one."""
    made = fitted(COMPS["third_parties.ollama"], SEED.megaservice.node("llm"), SEED.fits["llm"])

    assert [each.path for each in made.endpoints] == ["/v1/chat/completions"]
    assert {each["model"] for each in requests(made)} == {"llama3.2:1b"}


def test_a_server_without_that_route_is_asked_on_all_that_it_has():
    """So that something is."""
    comp = COMPS["third_parties.ollama"]

    assert fitted(comp, SEED.megaservice.node("retriever"), None) == comp


def test_a_retriever_is_asked_with_vectors_of_its_length():
    """And not for a number of documents that it passes over."""
    comp = COMPS["retrievers"]
    made = fitted(comp, SEED.megaservice.node("retriever"), SEED.fits["retriever"])
    vectors = [each["embedding"] for each in requests(made) if isinstance(each.get("embedding"), list)]

    assert {len(vector) for vector in vectors} == {512}
    assert {each["k"] for each in requests(made) if "k" in each} == {0}
    assert len(requests(made)) == len(requests(comp))
