"""The rag scenario: its graph as data, and its figures, computed without a socket, at their known right values."""

from dataclasses import dataclass, field
from statistics import fmean

import pytest

from harness.comp import World
from harness.discovery import COMP, SCENARIO, discover
from harness.megaservice import Asked, order
from harness.opea.proto.docarray import EmbedDoc, SearchedDoc
from harness.opea.proto.embeddings import EmbeddingRequest
from mocks._store import Chunk, store_of
from mocks._text import UNKNOWN_ANSWER, answer, read_prompt
from mocks.guardrails._rules import BIASED as BIASED_WORDS
from mocks.guardrails._rules import first_found, violated
from scenarios._corpus import ANSWERABLE, BIASED, BLOCKED, DOCUMENTS, UNANSWERABLE
from scenarios.rag import (
    DIMENSION,
    EMBEDDING,
    GUARDRAIL,
    LLM,
    MEGASERVICE,
    RAG,
    RERANK,
    RETRIEVER,
    SCENARIOS,
    TOP_N,
    K,
)

COMPS = discover(COMP)
embedding, retrieve, rerank = (
    COMPS[name].endpoints[0].answer for name in ("embeddings", "retrievers", "rerankings")
)
VECTOR = [1.0] + [0.0] * (DIMENSION - 1)


def as_json(model):
    return model.model_dump(mode="json")


ANSWERS = {
    "embedding": lambda body, world: as_json(embedding(EmbeddingRequest(**body), world)),
    "retriever": lambda body, world: as_json(retrieve(EmbedDoc(**body), world)),
    "rerank": lambda body, world: as_json(rerank(SearchedDoc(**body), world)),
    "guardrail_in": lambda body, _world: {"text": body["text"], "downstream_black_list": []},
    "llm": lambda body, _world: {
        "choices": [{"message": {"content": answer(*read_prompt(body["messages"][0]["content"]))}}]
    },
}


@dataclass
class Chain:
    """The graph, run node by node in this process; `broken` replaces a node's answer."""

    scenario: object = RAG
    broken: dict = field(default_factory=dict)

    def __post_init__(self):
        self.world = World()
        index = store_of(self.world).index("rag_redis")
        index.add([Chunk(document.id, document.text) for document in DOCUMENTS])
        self.replies = {}

    def ask(self, text):
        """The answer's text; the replies of the nodes are kept."""
        service = self.scenario.megaservice
        asked, outputs = Asked({}, text, stream=False), {}
        for name in order(service):
            node = service.node(name)
            inputs = (
                {"text": text}
                if not node.after
                else {k: v for at in node.after for k, v in outputs[at].items()}
            )
            request = node.request(inputs, asked)
            reply = self.broken.get(name, ANSWERS[name])(request, self.world)
            assert node.expects(reply, request) is None
            self.replies[name], outputs[name] = reply, node.reply(reply, request)
        return service.answer(outputs)

    def figures(self):
        """Recall at k, MRR, and the share of right answers over all answerable questions."""
        recalls, ranks, right = [], [], []
        for question in ANSWERABLE:
            text = self.ask(question.text)
            found = RAG.ranked(self.replies["retriever"])
            hits = [found.index(source) + 1 for source in question.sources if source in found]
            recalls.append(len(hits) / len(question.sources))
            ranks.append(1 / min(hits) if hits else 0.0)
            right.append(all(each.lower() in text.lower() for each in question.answer))
        return fmean(recalls), fmean(ranks), fmean(right)


def test_the_figures_of_the_whole_chain_are_their_known_right_values():
    """Every question finds its document first and is answered rightly."""

    assert Chain().figures() == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("scenario", SCENARIOS[:3], ids=lambda each: each.name)
def test_the_variants_answer_rightly_too(scenario):
    """Without reranker or guardrail the chain still holds together."""

    assert Chain(scenario).figures() == (1.0, 1.0, 1.0)


def _reversed_vector(body, world):
    reply = ANSWERS["embedding"](body, world)
    reply["data"][0]["embedding"].reverse()
    return reply


def _always_the_last(body, world):
    return ANSWERS["retriever"](
        {**body, "embedding": ANSWERS["embedding"]({"input": "sand"}, world)["data"][0]["embedding"]}, world
    )


def _worst_first(body, world):
    reply = ANSWERS["retriever"](body, world)
    return {**reply, "retrieved_docs": reply["retrieved_docs"][::-1], "metadata": reply["metadata"][::-1]}


def _worst_kept(body, world):
    kept = [doc["text"] for doc in body["retrieved_docs"]][-TOP_N:]
    return {**ANSWERS["rerank"](body, world), "documents": kept}


@pytest.mark.parametrize(
    ("node", "how", "lower"),
    [
        ("embedding", _reversed_vector, (True, True, True)),
        ("retriever", _always_the_last, (True, True, True)),
        ("retriever", _worst_first, (False, True, False)),
        ("rerank", _worst_kept, (False, False, True)),
    ],
)
def test_the_figures_drop_where_something_is_broken(node, how, lower):
    """Wrong vectors cost all three, a wrong order the rank, a wrong reranker the answers."""
    figures = Chain(broken={node: how}).figures()

    assert tuple(figure < 0.9 for figure in figures) == lower


def test_what_the_corpus_does_not_say_is_not_answered():
    """The chain says that it does not know."""
    chain = Chain()

    assert {chain.ask(question.text) for question in UNANSWERABLE} == {UNKNOWN_ANSWER}


def test_harmful_questions_have_no_answer_in_the_corpus_either():
    """A guardrail that lets one pass gives nothing away, but is noticed by its own check."""
    chain = Chain()

    assert {chain.ask(question.text) for question in BLOCKED} == {UNKNOWN_ANSWER}


def test_the_guardrails_block_what_is_labelled_blocked_and_nothing_else():
    """Content and bias each by their own rules."""
    asked = [each.text for each in (*ANSWERABLE, *UNANSWERABLE)]

    assert [violated(each.text) is None for each in BLOCKED] == [False] * len(BLOCKED)
    assert [first_found(BIASED_WORDS, each.text) is None for each in BIASED] == [False] * len(BIASED)
    assert [text for text in asked if violated(text) or first_found(BIASED_WORDS, text)] == []


def test_a_nonce_comes_back_with_the_right_answer():
    """So that no answer can be taken for another's."""

    assert Chain().ask("How many ploughs clear the snow? [nonce:ab12]").endswith("[nonce:ab12]")


def test_the_graph_is_the_seeds_chain():
    """Five nodes in a row, on the routes that the comps really have."""
    routes = [(name, MEGASERVICE.node(name).path) for name in order(MEGASERVICE)]

    assert routes == [
        ("guardrail_in", "/v1/guardrails"),
        ("embedding", "/v1/embeddings"),
        ("retriever", "/v1/retrieval"),
        ("rerank", "/v1/reranking"),
        ("llm", "/v1/chat/completions"),
    ]


def test_the_variants_differ_by_what_their_names_say():
    """No rerank, no guardrail, or bias detection in its place."""
    nodes = {each.name: [(n.name, n.comp) for n in each.megaservice.nodes] for each in SCENARIOS}
    chain = nodes["rag"]

    assert nodes["rag-no-rerank"] == [each for each in chain if each[0] != "rerank"]
    assert nodes["rag-no-guardrail"] == chain[1:]
    assert nodes["rag-bias"] == [("guardrail_in", "guardrails.bias_detection"), *chain[1:]]


def test_every_scenario_is_found_by_its_name():
    """Discovery needs nothing but the file."""

    assert {each.name for each in SCENARIOS} <= set(discover(SCENARIO))


def test_the_llm_is_asked_as_the_caller_wants():
    """Stream, model and length are the caller's; the context is in the prompt."""
    asked = Asked({"model": "m", "max_tokens": 5}, "q", stream=True)
    body = LLM.request({"text": "q", "documents": ["d"]}, asked)

    assert (body["stream"], body["model"], body["max_tokens"]) == (True, "m", 5)
    assert read_prompt(body["messages"][0]["content"]) == ("q", ("d",))


@pytest.mark.parametrize(
    ("node", "reply", "wrong"),
    [
        (GUARDRAIL, {"detail": "x"}, ("bad_schema", "text: is None, no string")),
        (GUARDRAIL, {"text": "x"}, ("bad_schema", "downstream_black_list: is no list")),
        (
            EMBEDDING,
            {"data": [{"embedding": VECTOR[:3]}]},
            ("bad_dim", "data[0].embedding: has 3 numbers, 768 are expected"),
        ),
        (
            EMBEDDING,
            {"data": [{"embedding": [float("nan"), *VECTOR[1:]]}]},
            ("bad_number", "data[0].embedding: holds something that is no finite number"),
        ),
        (
            EMBEDDING,
            {"data": [{"embedding": ["1", *VECTOR[1:]]}]},
            ("bad_number", "data[0].embedding: holds something that is no finite number"),
        ),
        (
            EMBEDDING,
            {"data": [{"embedding": "AA"}]},
            ("bad_schema", "data[0].embedding: is 'AA', no list of numbers"),
        ),
        (
            EMBEDDING,
            {"data": []},
            ("bad_schema", "data[0].embedding: is not there; the reply is {'data': []}"),
        ),
        (RETRIEVER, [], ("bad_schema", "retrieved_docs: is None, no list")),
        (
            RETRIEVER,
            {"retrieved_docs": [{"text": "x"}] * 5},
            ("bad_schema", "retrieved_docs: are 5, more than k=4"),
        ),
        (RETRIEVER, {"retrieved_docs": ["x"]}, ("bad_schema", "retrieved_docs[0]: has no text")),
        (RERANK, {"query": "q"}, ("bad_schema", "documents: is None, no list")),
        (RERANK, {"documents": ["a"]}, ("bad_schema", "documents: are 1, 2 are expected")),
        (RERANK, {"documents": ["a", None]}, ("bad_schema", "documents[1]: has no text")),
        (
            LLM,
            {"choices": []},
            ("bad_schema", "choices[0].message.content: is not there; the reply is {'choices': []}"),
        ),
        (
            LLM,
            {"choices": [{"message": {"content": None}}]},
            ("bad_schema", "choices[0].message.content: is no string"),
        ),
    ],
)
def test_a_misshapen_reply_is_told_by_its_node(node, reply, wrong):
    """Each node says in words what is wrong with its reply, and of what kind it is."""
    request = {"k": K, "top_n": TOP_N, "retrieved_docs": [{}] * 4}

    assert node.expects(reply, request) == wrong


def test_a_search_that_was_a_chat_tells_its_documents_too():
    """What is known of each stands beside it."""
    found = [{"text": "t", "metadata": {"doc_name": f"./uploaded_files/{name}.txt"}} for name in "aba"]

    assert RAG.ranked({"messages": "q", "retrieved_docs": found}) == ("a.txt", "b.txt")
