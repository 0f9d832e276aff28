"""A scenario for a megaservice of which only the graph is known."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from harness.comp import nearest
from harness.discovery import COMP, SCENARIO, discover
from harness.errors import ScenarioError
from harness.gateway.seen import MegaserviceFile, Seen, SeenNode
from harness.generic import QUESTIONS, as_found, ask, comp_of, modes_of, scenario_again, scenario_for, spoken
from harness.stack.stack import Where

COMPS, SCENARIOS = discover(COMP), discover(SCENARIO)
LLM = SeenNode("llm", "LLM", "/v1/chat/completions", (), default_port=80)


def node(path, kind="LLM", port=0, variable="", name="x", after=()):
    return SeenNode(name, kind, path, after, port=variable, default_port=port)


def file_of(*nodes, path="/v1/unheard-of", modes=("json", "stream")):
    return MegaserviceFile(Path("/a/mine.py"), (), Seen("Mine", path, nodes), modes)


def scenario_of(file, **chosen):
    return scenario_for(file, SCENARIOS, COMPS, chosen)


@pytest.mark.parametrize(
    ("seen", "comp"),
    [
        (node("/embed", "EMBEDDING", 80), "third_parties.tei"),
        (node("/rerank", "RERANK", 80), "third_parties.tei"),
        (node("/v1/retrieval", "RETRIEVER", 7000), "retrievers"),
        (node("/v1/chat/completions", "LLM", 80), "third_parties.vllm"),
        (node("/v1/chat/completions", "LLM", 9000), "llms.text_generation"),
        (node("/v1/chat/completions", "LLM", 80, "TGI_SERVICE_PORT"), "third_parties.tgi"),
        (node("/v1/asr", "ASR", 7066, "WHISPER_SERVER_PORT"), "third_parties.whisper"),
        (node("/v1/tts", "TTS", 7055, "SPEECHT5_SERVER_PORT"), "third_parties.speecht5"),
        (node("/v1/embeddings", "EMBEDDING", 6000), "embeddings"),
        (node("/v1/embeddings", "EMBEDDING", 6000, "MM_EMBEDDING_PORT"), "embeddings.multimodal"),
    ],
)
def test_a_node_is_the_comp_that_serves_its_route(seen, comp):
    """Of several the one for which name, port and kind speak."""
    assert comp_of(seen, COMPS).id == comp


def test_a_route_that_no_comp_serves_is_told_with_the_nearest():
    """And with the ways to say what the node is."""
    file = file_of(node("/v1/detect_bias", "GUARDRAIL", 9092, name="guardrail"))

    with pytest.raises(ScenarioError) as told:
        scenario_of(file)

    assert str(told.value) == (
        "/a/mine.py: node guardrail calls POST /v1/detect_bias, which no comp serves; the nearest is "
        f"{nearest(list(COMPS.values()), 'POST', '/v1/detect_bias')}; "
        "--node guardrail=mock:COMP or =URL says what it is"
    )
    assert scenario_of(file, guardrail="guardrails.bias_detection").megaservice.nodes[0].comp == (
        "guardrails.bias_detection"
    )


def test_a_comp_that_is_none_is_told():
    """With those that there are."""
    with pytest.raises(ScenarioError, match=r"^--node llm=mock:nothing: is no comp; comps are .*asr"):
        scenario_of(file_of(LLM), llm="nothing")


def test_a_route_of_ours_is_asked_what_ours_is_asked():
    """Questions, documents and what is read of the retriever; harmful questions only where something guards."""
    retriever = node("/v1/retrieval", "RETRIEVER", 7000, name="search")
    rag = SCENARIOS["rag"]
    made = scenario_of(file_of(retriever, replace(LLM, after=("search",)), path="/v1/chatqna"))

    assert made.documents == rag.documents
    assert [each.comp for each in made.megaservice.support] == ["dataprep"]
    assert made.retriever == "search"
    assert not [each for each in made.questions if each.blocked]
    assert made.latency["llm"] == rag.latency["llm"]
    guard = node("/v1/guardrails", "GUARDRAIL", 9090, name="guardrail_in")
    guarded = scenario_of(file_of(guard, replace(LLM, after=("guardrail_in",)), path="/v1/chatqna"))
    assert [each for each in guarded.questions if each.blocked]


def test_any_other_route_is_asked_what_holds_for_all():
    """Questions without labels, in a request that any of OPEA's megaservices can read."""
    made = scenario_of(file_of(LLM))

    assert made.questions == QUESTIONS
    assert (made.name, made.megaservice.name, made.megaservice.path) == ("mine", "Mine", "/v1/unheard-of")
    asked = made.ask("When?", True)
    assert (asked["messages"], asked["stream"], asked["source_language"]) == ("When?", True, "When?")
    assert ask("When?", stream=False)["stream"] is False
    assert base64.b64decode(spoken()).startswith(b"RIFF")


def test_modes_follow_who_answers():
    """A model at the end may stream; a voice does not."""
    tts = node("/v1/tts", "TTS", name="tts", after=("llm",))

    assert modes_of(Seen("M", "/", (LLM,))) == ("json", "stream")
    assert modes_of(Seen("M", "/", (LLM, tts))) == ("json",)
    spoken_only = scenario_of(file_of(LLM, path="/v1/chatqna", modes=("json",)))
    assert spoken_only.modes == ("json",)
    assert spoken_only.objectives.ttft_ms is None


def test_a_run_finds_its_scenario_again():
    """Of what it kept, with the comps that its graph names."""
    file = file_of(LLM)
    chosen = {"llm": "third_parties.tgi"}

    again = scenario_again(file.as_json(), SCENARIOS, COMPS, chosen)

    assert again.megaservice.nodes[0].comp == "third_parties.tgi"
    assert again.questions == scenario_of(file).questions
    assert Where(file=file).gateway_url is None


def test_a_megaservice_that_looks_at_pictures_is_asked_with_one():
    """Where it is the first node that looks; one behind a retriever is given what was found."""
    lvm = node("/v1/lvm", "LVM", 9399, name="lvm")
    found = node("/v1/retrieval", "RETRIEVER", 7000, name="retriever")
    first = scenario_of(file_of(lvm)).ask("What is it?", True)
    behind = scenario_of(file_of(found, replace(lvm, after=("retriever",)))).ask("What is it?", True)

    assert [part["type"] for part in first["messages"][0]["content"]] == ["text", "image_url"]
    assert first["messages"][0]["content"][0]["text"] == "What is it?"
    assert behind["messages"] == "What is it?"


def test_nothing_is_asked_beside_messages_that_stands_in_for_them():
    """GraphRAG takes a request with `text` for another kind of request."""
    assert not {"text", "input"} & set(ask("What is it?", stream=True))


RETRIEVER = node("/v1/retrieval", "RETRIEVER", 7000, name="retriever")
RERANK = node("/v1/reranking", "RERANK", 8000, name="rerank", after=("retriever",))


def test_what_searches_texts_is_asked_about_our_documents_whatever_its_route():
    """With what fills the store; the request is one that any megaservice can read."""
    rag = SCENARIOS["rag"]
    made = scenario_of(file_of(RETRIEVER, replace(LLM, after=("retriever",))))

    assert made.documents == rag.documents
    assert [each.name for each in made.megaservice.support] == ["dataprep"]
    assert made.retriever == "retriever"
    assert made.ask("When?", True)["source_language"] == "When?"
    assert {each.answerable for each in made.questions} == {True, False}
    assert made.objectives.response_ms is None


def test_a_search_is_not_asked_what_nobody_knows():
    """Its answer is what it found, which cannot say that it is not there; what was found holds what is known."""
    made = scenario_of(file_of(RETRIEVER, RERANK))

    assert {each.answerable for each in made.questions} == {True}
    assert all(each.answer for each in made.questions)


@pytest.mark.parametrize("last", ["/v1/faqgen", "/v1/docsum"])
def test_another_kind_of_model_is_not_asked_for_the_answers_of_a_chat(last):
    """A summary of what was found is no answer to the question."""
    comp = {"/v1/faqgen": "llms.faq_generation", "/v1/docsum": "llms.doc_summarization"}[last]
    llm = node(last, "LLM", 9000, name="llm", after=("retriever",))
    made = scenario_of(file_of(RETRIEVER, llm, path="/v1/chatqna"))

    assert made.megaservice.node("llm").comp == comp
    assert {each.answer for each in made.questions} == {()}


def test_what_hears_is_not_asked_about_texts():
    """Though it searches some."""
    asr = node("/v1/asr", "ASR", 7066, name="asr")
    made = scenario_of(file_of(asr, replace(RETRIEVER, after=("asr",)), replace(LLM, after=("retriever",))))

    assert (made.questions, made.documents) == (QUESTIONS, ())


def test_where_no_question_leads_to_the_search_no_label_is_right():
    """CodeGen searches only if it is told in which index."""
    file = file_of(RETRIEVER, replace(LLM, after=("retriever",)))
    made = scenario_of(replace(file, unasked=("retriever",)))

    assert (made.retriever, made.unasked) == ("", ("retriever",))
    assert {each.answer for each in made.questions} == {()}
    assert as_found(scenario_of(file), ("json",), ()).modes == ("json",)


def test_what_is_called_beside_the_graph_is_stood_in_for():
    """By the comp that serves its route, or one like it that the variable names; what nobody serves is the file's own affair."""
    beside = (
        SeenNode("text2query", "UNDEFINED", "/text2query", (), host="TEXT2CYPHER_SERVER_HOST_IP"),
        SeenNode(
            "tts", "UNDEFINED", "/v1/tts", (), url="TTS_ENDPOINT", default_port=7055, url_path="/v1/tts"
        ),
        SeenNode("redis", "UNDEFINED", "/v1/redis", (), host="REDIS_HOST"),
    )
    file = file_of(LLM)
    made = scenario_of(replace(file, seen=replace(file.seen, beside=beside)))

    assert [(each.name, each.comp, each.path) for each in made.megaservice.beside] == [
        ("text2query", "text2query.cypher", "/v1/text2query"),
        ("tts", "third_parties.speecht5", "/v1/tts"),
    ]
    assert [each.name for each in made.megaservice.standing] == ["llm", "text2query", "tts"]


def test_a_scenario_of_the_same_route_says_which_of_equals_a_node_is():
    """VideoQnA's reranker chooses among videos, and its model watches one; nothing else in the file tells."""
    rerank = replace(RERANK, after=())
    lvm = node("/v1/lvm", "LVM", 9399, name="lvm", after=("rerank",))
    comps = [
        [each.comp for each in scenario_of(file_of(rerank, lvm, path=path)).megaservice.nodes]
        for path in ("/v1/videoqna", "/v1/multimodalqna")
    ]

    assert comps == [["rerankings.video", "lvms.video_llama"], ["rerankings", "lvms"]]


def test_a_stream_that_shows_no_dialect_is_read_in_its_models():
    """A model that watches videos says plain text, and nothing reshapes it."""
    lvm = node("/v1/lvm", "LVM", 9399, name="lvm")

    assert scenario_of(file_of(lvm, path="/v1/videoqna")).megaservice.dialect == "raw_text"
    assert scenario_of(file_of(LLM)).megaservice.dialect == "openai"
