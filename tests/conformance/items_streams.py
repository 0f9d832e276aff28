"""Streams through a node behind a model (tests/cores/mega/test_service_orchestrator_streaming.py, GenAIComps 8130a3f)."""

import asyncio
import re

from tests.conformance.nodes import Nodes, appending

SPOKEN = ["OPEA", "is", "great.", "~~~", "I", "think", "so.", "~~~"]
PIECES = [text.encode() for text in (" OPEA", " is", " great.", " I", " think ", " so.")]


def streamed():
    """The keys of the results, the chunks of the stream as texts, and what the node behind the model was sent."""
    from comps import ServiceOrchestrator

    with Nodes(s0=PIECES, s1=appending(" ~~~")) as nodes:
        model, behind = nodes.service("s0", "LLM"), nodes.service("s1")
        orchestrator = ServiceOrchestrator().add(model).add(behind)
        orchestrator.flow_to(model, behind)

        async def main():
            results, _ = await orchestrator.schedule({"text": "hello, "})
            stream = results["s1/MicroService"].body_iterator
            return list(results), [orchestrator.extract_chunk_str(chunk).strip() async for chunk in stream]

        return *asyncio.run(main()), nodes.bodies["s1"]


def counts():
    """The lines of the megaservice's counts, as Prometheus reads them."""
    from prometheus_client import generate_latest

    lines = generate_latest().decode().splitlines()
    return [line for line in lines if re.match(r"megaservice_\w+_count", line)]


def item_27_a_stream_is_the_default():
    """Without parameters there is a stream, under the key of the node behind the model."""
    keys, chunks, _ = streamed()
    assert keys == ["s1/MicroService"]
    assert chunks


def item_28_each_sentence_is_sent_on():
    """Eight chunks, of two sentences."""
    _, chunks, sent = streamed()
    assert chunks == SPOKEN
    assert len(sent) == 2


def item_29_a_stream_is_counted():
    """One request, one first token, seven others."""

    def counted():
        return {name: float(value) for name, value in (line.split() for line in counts())}

    before = counted()
    streamed()
    assert {name: value - before.get(name, 0) for name, value in counted().items()} == {
        "megaservice_request_latency_count": 1,
        "megaservice_first_token_latency_count": 1,
        "megaservice_inter_token_latency_count": 7,
    }


def item_30_metrics_have_no_labels():
    """A name and a number."""
    streamed()
    assert len(counts()) == 3
    assert all(re.fullmatch(r"megaservice_\w+_count \d+\.0", line) for line in counts())


def item_31_extract_chunk_str():
    """Nothing of the end mark, the text of a chunk."""
    from comps import ServiceOrchestrator

    orchestrator = ServiceOrchestrator()
    assert orchestrator.extract_chunk_str("data: [DONE]\n\n") == ""
    assert orchestrator.extract_chunk_str("data: b'example test.'\n\n") == "example test."


def item_32_token_generator():
    """Each line is a chunk of bytes, the last one the end mark."""
    from comps import ServiceOrchestrator

    orchestrator = ServiceOrchestrator()
    sentence = "I write an example test.</s>"
    first = list(orchestrator.token_generator(sentence, token_start=0.0, is_first=True, is_last=False))
    last = list(orchestrator.token_generator(sentence, token_start=0.0, is_first=False, is_last=True))
    assert all(line.startswith("data: b'") for line in first)
    assert all(line.startswith("data: ") for line in last)
    assert last[-1] == "data: [DONE]\n\n"
