"""Megaservice files serve as they are, with their nodes stood in for."""

import os

import psutil
import pytest

from harness.cache import cache_dir
from harness.errors import ScenarioError
from harness.gateway.environment import environment
from harness.gateway.script import line_of
from harness.stack.stack import Where
from tests.gateway.files import FILES, looked_at, scenario_of
from tests.gateway.standing import asked, on

QUESTION = "When does the first tram leave?"
ENGINES = ["reference", pytest.param("opea", marks=pytest.mark.needs("opea"))]


def where_of(name, engine, *arguments):
    opea = environment(cache_dir(os.environ)) if engine == "opea" else None
    file = looked_at(FILES / name, *arguments, engine=engine, opea=opea)
    return file, Where(engine, opea=opea, file=file)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_file_answers_from_its_documents_on_either_engine(tmp_path, engine):
    """The whole chain through its own hooks, whole and streamed; class-level hooks and a plain generator among them."""
    file, where = where_of("chatqna.py", engine)

    async def work(stack):
        answers = [await asked(stack, QUESTION, mode) for mode in ("json", "stream")]
        return answers, stack.urls

    (plain, streamed), urls = on(scenario_of(file), where, tmp_path, work)

    assert (plain.ok, streamed.ok) == (True, True)
    assert "twelve minutes to five" in plain.text
    assert streamed.text == plain.text
    assert streamed.tokens > 1
    assert set(urls) == {"gateway", "embedding", "retriever", "rerank", "llm", "dataprep", "traces"}
    assert not [each for each in psutil.Process().children() if "harness.gateway.script" in each.cmdline()]


def test_what_fails_is_named_by_its_node_on_our_engine(tmp_path):
    """A file gets what the engine is good for, without a line of its own."""
    file, where = where_of("chatqna.py", "reference")

    async def work(stack):
        await stack.set_fault("rerank", "status-500")
        return await asked(stack, QUESTION)

    op = on(scenario_of(file), where, tmp_path, work)

    assert (op.status, op.problem["node"], op.problem["kind"]) == (502, "rerank", "upstream_5xx")


@pytest.mark.needs("opea")
def test_what_fails_is_not_to_be_told_on_opea_comps(tmp_path):
    """The same file, the same fault: an answer that names neither node nor cause."""
    file, where = where_of("chatqna.py", "opea")

    async def work(stack):
        await stack.set_fault("rerank", "status-500")
        return await asked(stack, QUESTION)

    op = on(scenario_of(file), where, tmp_path, work)

    assert (op.status, op.problem) == (500, None)
    assert "Internal Server Error" in op.detail


def test_a_file_that_listens_and_speaks_answers_in_its_own_shape(tmp_path):
    """Its answer is a string of JSON with the sound in it; addresses that stand in the file are put elsewhere too."""
    file, where = where_of("audioqna.py", "reference")

    async def work(stack):
        return await asked(stack, "anything")

    op = on(scenario_of(file), where, tmp_path, work)

    assert (op.status, op.ok) == (200, True)
    assert op.text.startswith("UklGR")  # RIFF, as WAV files begin.


def test_nodes_that_no_variable_moves_are_put_before_mocks_all_the_same(tmp_path):
    """The planned graph asks for routes that its comps lack, and the first of them is named."""
    file, where = where_of("planned.py", "reference")
    chosen = {
        "guardrail": "guardrails.bias_detection",
        "embedding": "embeddings.multimodal",
        "retriever": "retrievers",
    }

    async def work(stack):
        return await asked(stack, QUESTION)

    op = on(scenario_of(file, **chosen), where, tmp_path, work)

    assert (op.status, op.problem["node"], op.problem["upstream_status"]) == (502, "guardrail", 404)


def test_a_file_that_builds_another_graph_when_it_serves_is_refused(tmp_path):
    """What was seen is what is run."""
    text = (FILES / "planned.py").read_text()
    file = tmp_path / "changing.py"
    file.write_text(text)
    looked = looked_at(file)
    file.write_text(text.replace('"guardrail", 9092', '"guard", 9092'))
    chosen = {
        "guardrail": "guardrails.bias_detection",
        "embedding": "embeddings.multimodal",
        "retriever": "retrievers",
    }

    async def work(_stack):
        return None

    with pytest.raises(ScenarioError) as told:
        on(scenario_of(looked, **chosen), Where(file=looked), tmp_path, work)

    assert str(told.value) == (f"{file}:3: did not build guardrail again; it builds another graph each time")


def test_the_line_of_an_error_is_the_last_one_in_the_file(tmp_path):
    """However deep it was raised."""
    file = tmp_path / "x.py"
    file.write_text("import json\njson.loads('{')\n")
    with pytest.raises(ValueError, match="Expecting") as told:
        exec(compile(file.read_text(), str(file), "exec"), {})

    assert line_of(file, told.value) == 2
    assert line_of(tmp_path / "y.py", told.value) == 0
