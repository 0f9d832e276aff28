"""The orchestrator's face: services, edges, hooks, and what a request gives back."""

import asyncio

import pytest
from pydantic import BaseModel

from harness.opea import MicroService, ServiceOrchestrator, ServiceType
from harness.opea.proto.docarray import LLMParams
from tests.opea.lab import Lab, Stream, openai


def remote(name):
    return MicroService(name, use_remote_service=True)


def schedule(build, inputs, parameters=None, **kwargs):
    """Build a graph in a lab and ask it once."""

    async def main():
        async with Lab() as lab:
            orchestrator = await build(lab)
            results, graph = await orchestrator.schedule(inputs, parameters, **kwargs)
            return lab, results, graph

    return asyncio.run(main())


async def chain(lab, orchestrator=None):
    one = await lab.node("one", lambda body: {"text": body["text"] + " one"})
    two = await lab.node("two", lambda body: {"text": body["text"] + " two"})
    orchestrator = orchestrator or ServiceOrchestrator()
    orchestrator.add(one).add(two)
    orchestrator.flow_to(one, two)
    return orchestrator


def test_replies_flow_along_the_edges():
    """Each node's output is under its key, and the last one holds the work of all."""
    _, results, graph = schedule(chain, {"text": "hello"})

    assert results == {
        "one/MicroService": {"text": "hello one"},
        "two/MicroService": {"text": "hello one two"},
    }
    assert graph.all_leaves() == ["two/MicroService"]


def test_the_final_outputs_are_those_of_the_leaves():
    """What nobody reads further is the answer."""

    async def main():
        async with Lab() as lab:
            orchestrator = await chain(lab)
            results, graph = await orchestrator.schedule({"text": "a"})
            return orchestrator.get_all_final_outputs(results, graph)

    assert asyncio.run(main()) == {"two/MicroService": {"text": "a one two"}}


def test_the_callers_inputs_are_not_changed():
    """An LLM at the entry gets its parameters in a copy."""

    async def build(lab):
        return ServiceOrchestrator().add(await lab.llm("llm", {"text": "hi"}))

    inputs = {"messages": "hi", "stream": False}
    schedule(build, inputs)

    assert inputs == {"messages": "hi", "stream": False}


def test_an_orchestrator_without_nodes_answers_nothing():
    """No node, no output, no error."""

    async def build(lab):
        return ServiceOrchestrator()

    _, results, graph = schedule(build, {"text": "a"})

    assert (results, graph.size()) == ({}, 0)


def test_a_service_is_added_once():
    """Two services of one name would answer under one key."""
    orchestrator = ServiceOrchestrator().add(remote("a"))

    with pytest.raises(ValueError, match="service a/MicroService is added already; names must differ"):
        orchestrator.add(remote("a"))


def test_flow_to_what_was_not_added_raises():
    """An edge that is not there is said where it was wanted, not when a request comes."""
    one, other = remote("one"), remote("other")
    orchestrator = ServiceOrchestrator().add(one)

    with pytest.raises(
        KeyError, match=r"service other/MicroService was not added; services are \['one/Micro"
    ):
        orchestrator.flow_to(one, other)


def test_flow_to_on_a_cycle_raises():
    """A graph that cannot end is refused, and stays as it was."""
    one, two = remote("one"), remote("two")
    orchestrator = ServiceOrchestrator().add(one).add(two)

    assert orchestrator.flow_to(one, two) is True
    with pytest.raises(ValueError, match="the edge two/MicroService -> one/MicroService closes a cycle"):
        orchestrator.flow_to(two, one)
    assert orchestrator.downstream("two/MicroService") == []


def test_a_model_may_be_asked_as_it_is():
    """A pydantic request is sent without its None fields, also to an LLM."""

    class Ask(BaseModel):
        text: str
        seed: int | None = None

    async def build(lab):
        return ServiceOrchestrator().add(await lab.llm("llm", lambda body: body))

    lab, _, _ = schedule(build, Ask(text="hi"), LLMParams(stream=False))

    assert lab.bodies("llm")[0]["text"] == "hi"
    assert "seed" not in lab.bodies("llm")[0]


def test_hooks_are_given_the_model_that_came_in():
    """As GraphRAG's read `inputs.messages`; what is sent is plain."""
    seen = []

    class Ask(BaseModel):
        messages: str
        seed: int | None = None

    async def build(lab):
        orchestrator = ServiceOrchestrator().add(await lab.node("retriever", lambda body: {"docs": []}))
        orchestrator.align_inputs = lambda inputs, *_, **__: seen.append(inputs) or inputs
        orchestrator.align_outputs = lambda data, _key, inputs, *_, **__: {"text": inputs.messages}
        return orchestrator

    asked = Ask(messages="hi")
    lab, results, _ = schedule(build, asked, LLMParams(stream=False))

    assert seen == [asked]
    assert lab.bodies("retriever") == [{"messages": "hi"}]
    assert results["retriever/MicroService"] == {"text": "hi"}


def align(self, inputs, cur_node, runtime_graph, llm_parameters_dict, **kwargs):
    return {"text": f"{inputs['text']} to {self.services[cur_node].endpoint} with {kwargs['k']}"}


def test_hooks_may_be_set_on_the_class_a_subclass_or_an_orchestrator(monkeypatch):
    """Wherever a megaservice sets its hook, it is called with the orchestrator as self."""

    class Mine(ServiceOrchestrator):
        align_inputs = align

    async def own(lab):
        orchestrator = await chain(lab)
        orchestrator.align_inputs = align
        return orchestrator

    expected = "a to /v1/one with 3 one to /v1/two with 3 two"
    for build in (own, lambda lab: chain(lab, Mine())):
        _, results, _ = schedule(build, {"text": "a"}, k=3)
        assert results["two/MicroService"]["text"] == expected

    monkeypatch.setattr(ServiceOrchestrator, "align_inputs", align)
    _, results, _ = schedule(chain, {"text": "a"}, k=3)
    assert results["two/MicroService"]["text"] == expected


def test_a_stream_is_a_streaming_response_under_the_nodes_key():
    """Users look for a StreamingResponse among the results."""
    from fastapi.responses import StreamingResponse

    async def main():
        async with Lab() as lab:
            orchestrator = ServiceOrchestrator().add(await lab.llm("llm", Stream(openai("a", "b"))))
            results, _ = await orchestrator.schedule({"messages": "hi"})
            answer = results["llm/MicroService"]
            assert isinstance(answer, StreamingResponse)
            return [item async for item in answer.body_iterator]

    assert asyncio.run(main()) == [
        *openai("a", "b")[:2],
        *(each + b"\n\n" for each in openai()[0].split(b"\n\n")[:2]),
    ]


def test_many_requests_at_once_keep_their_results_apart():
    """A hundred concurrent requests through one orchestrator give a hundred answers, each its own."""

    async def main():
        async with Lab() as lab:
            orchestrator = await chain(lab)
            asked = [orchestrator.schedule({"text": f"nonce {n}"}) for n in range(100)]
            return [results["two/MicroService"]["text"] for results, _ in await asyncio.gather(*asked)]

    assert asyncio.run(main()) == [f"nonce {n} one two" for n in range(100)]


def test_opeas_helpers_for_chunks_are_there():
    """Text is taken out of OPEA's chunks, and put into them."""
    orchestrator = ServiceOrchestrator()
    chunks = list(orchestrator.token_generator("it is.", token_start=0.0, is_first=True, is_last=True))

    assert chunks == ["data: b'it '\n\n", "data: b'is.'\n\n", "data: [DONE]\n\n"]
    assert [orchestrator.extract_chunk_str(chunk) for chunk in chunks] == ["it ", "is.", ""]
    assert list(orchestrator.wrap_iterable([1, 2])) == [1, 2]


def test_llm_service_types_are_those_that_take_parameters():
    """Only LLM and LVM nodes are given them."""

    async def build(lab):
        orchestrator = ServiceOrchestrator()
        for kind in (ServiceType.LLM, ServiceType.LVM, ServiceType.EMBEDDING):
            orchestrator.add(await lab.node(kind.name, {"text": "x"}, kind))
        return orchestrator

    lab, _, _ = schedule(build, {"text": "a"}, LLMParams(stream=False, max_tokens=7))

    assert {kind: "max_tokens" in lab.bodies(kind)[0] for kind in ("LLM", "LVM", "EMBEDDING")} == {
        "LLM": True,
        "LVM": True,
        "EMBEDDING": False,
    }
