"""Asks a chain of mocks through our orchestrator what a chain of real comps was asked through OPEA's, and compares each node's output."""

import asyncio
import json
from urllib.parse import urlsplit

from harness.comp import World
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from harness.mocking.serving import serving
from harness.opea import MicroService, ServiceOrchestrator, ServiceType
from harness.opea.proto.docarray import LLMParams
from mocks._store import Chunk, index_name, store_of
from tests.mocks.drift import COMPS, FILES, MODEL
from tests.mocks.recording import Unknown, compared, events, lines_of

NODES = {
    "embedding": ("embeddings", ServiceType.EMBEDDING),
    "retriever": ("retrievers", ServiceType.RETRIEVER),
    "rerank": ("rerankings", ServiceType.RERANK),
    "llm": ("llms.text_generation", ServiceType.LLM),
    "guardrail": ("guardrails.guardrails", ServiceType.GUARDRAIL),
}


def is_chain(text):
    """Whether a recording is of a megaservice: what it was asked, and the output of each of its nodes by key."""
    try:
        outputs = json.loads(text)["response"]
        return bool(outputs) and all(key.endswith("/MicroService") for key in outputs)
    except (ValueError, TypeError, KeyError):
        return False


def drifted_chain(text):
    """How the outputs differ from the recorded ones, one sentence each; raises Unknown for a node of another name."""
    whole = json.loads(text)
    names = [key.partition("/")[0] for key in whole["response"]]
    if strange := sorted(set(names) - NODES.keys()):
        raise Unknown(f"nodes {strange}: are none of {sorted(NODES)}")
    lines = {key: _lines(output) for key, output in whole["response"].items()}
    streams = {key: events(said) for key, said in lines.items() if said is not None}
    ours = asyncio.run(_scheduled(names, whole["request"], stream=bool(streams)))
    found = [
        f"outputs.{key}: its events are {said}, were {theirs}"
        for key, theirs in streams.items()
        if (said := events(str(ours.pop(key)).splitlines())) != theirs
    ]
    theirs = {key: output for key, output in whole["response"].items() if key not in streams}
    return [*found, *compared(ours, theirs, "outputs")]


def _lines(output):
    """The lines of a node's output that was streamed: as they are, or under a name; None for a whole one."""
    rows = output.get("events") if isinstance(output, dict) and "events" in output else output
    return lines_of({"lines": rows}) if isinstance(rows, list) else lines_of(output)


def _align_inputs(inputs, cur_node, *_args, **_kwargs):
    """The embedding node takes OpenAI's requests only."""
    return {"input": inputs["text"]} if cur_node.startswith("embedding") else inputs


def _align_outputs(data, cur_node, inputs, *_args, **_kwargs):
    """What the retriever takes of an embedding."""
    if not cur_node.startswith("embedding"):
        return data
    return {"text": inputs["input"], "embedding": data["data"][0]["embedding"]}


async def _scheduled(names, request, *, stream):
    """Every node's output, by key, of a chain in this order; one that is streamed as its text."""
    world = World(settings=MODEL)
    store_of(world).index(index_name(world, None)).add(
        [Chunk(name, f"{name}: deep learning is a kind of machine learning.") for name in FILES]
    )
    like_upstream = Behaviour(like_upstream=True)
    async with serving([Mock(COMPS[NODES[name][0]], world, name, like_upstream) for name in names]) as urls:
        chain, last = ServiceOrchestrator(), None
        chain.align_inputs, chain.align_outputs = _align_inputs, _align_outputs
        for name in names:
            where, (comp, kind) = urlsplit(urls[name]), NODES[name]
            node = MicroService(
                name=name,
                host=where.hostname,
                port=where.port,
                endpoint=COMPS[comp].endpoints[0].path,
                use_remote_service=True,
                service_type=kind,
            )
            chain.add(node)
            if last is not None:
                chain.flow_to(last, node)
            last = node
        outputs, _ = await chain.schedule(request, llm_parameters=LLMParams(stream=stream, max_tokens=32))
        return {key: await _whole(output) for key, output in outputs.items()}


async def _whole(output):
    pieces = getattr(output, "body_iterator", None)
    if pieces is None:
        return output
    return "".join([each if isinstance(each, str) else each.decode() async for each in pieces])
