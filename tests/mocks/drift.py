"""Asks the mock of a comp what the real one was asked, in the state that the real one was in, and compares the answers."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from harness.comp import FRAMEWORK_PATHS, World
from harness.contract.talk import BOUNDARY, multipart
from harness.discovery import COMP, discover
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from harness.mocking.request import Pattern
from harness.mocking.serving import serving
from mocks._store import Chunk, index_name, store_of
from tests.mocks.recording import Unknown, differences, form_of

RECORDED = Path(__file__).parents[1] / "data" / "recorded"
COMPS = discover(COMP)

# What recorders call a comp, which is ours, and what it stood under. Others are found by port and route.
NAMED = {
    "clip_server": ("third_parties.clip", {}),
    "embedding": ("embeddings", {}),
    "embedding_clip": ("embeddings", {"EMBEDDING_COMPONENT_NAME": "OPEA_CLIP_EMBEDDING"}),
    "dataprep_pgvector": ("dataprep", {}),
    "dataprep_redis": ("dataprep", {"DATAPREP_COMPONENT_NAME": "OPEA_DATAPREP_REDIS"}),
    "guardrail_bias": ("guardrails.bias_detection", {}),
    "guardrail_llamaguard": ("guardrails.guardrails", {}),
    "llm_textgen": ("llms.text_generation", {}),
    "rerank_tei": ("rerankings", {}),
    "retriever_pgvector": ("retrievers", {}),
}
MODEL = {"EMBEDDING_DIMENSION": "384"}  # MiniLM's, which stood behind all that were recorded.
FILES = ("doc1.txt", "doc2.md", "doc3.docx", "doc4.pdf", "doc5.json", "doc6.csv")


def drifted(real):
    """How the mock's answer differs from the recorded one, one sentence each; where several comps could be meant, the nearest one's.

    Raises Unknown where no comp of ours could be meant.
    """
    found = {name: asyncio.run(_replayed(real, COMPS[name], settings)) for name, settings in _meant(real)}
    name, words = min(found.items(), key=lambda each: len(each[1]))
    return [f"{name}, {real.method} {real.path}: {each}" for each in words]


def _meant(real):
    """The comps that a recording can be of, with their settings."""
    if real.component in NAMED:
        return [NAMED[real.component]]
    path = urlsplit(real.path).path.rstrip("/") or "/"  # A slash too many is redirected.
    title = _title(real.body) if path in FRAMEWORK_PATHS else None
    near = [comp for comp in COMPS.values() if title in (None, comp.title) and _has(comp, path)]
    near = [comp for comp in near if real.component in (comp.id, *comp.id.split("."))] or near
    there = [comp for comp in COMPS.values() if comp.framework and comp.port == real.port]
    if real.status == 404:  # Of a route that nobody has the port alone tells.
        near = [comp for comp in near if comp in there] or there or near
    near = [comp for comp in near if comp.port == real.port] or near
    # All are well in the same words, which are none, and refuse in the same.
    is_told = path not in FRAMEWORK_PATHS or path == "/health" or real.status == 405
    if not near or not (is_told or len({comp.title for comp in near}) == 1):
        raise Unknown(
            f"component {real.component!r}: is none of {sorted(NAMED)}, and {path} on port {real.port} names no comp either"
        )
    return [(comp.id, comp.settings) for comp in near]


def _title(body):
    """The name of the service that a side endpoint tells: its health, its document, its statistics."""
    if not isinstance(body, dict):
        return None
    told = body.get("Service Title") or body.get("info", {}).get("title")
    return told or next((name for name in body if name.startswith("opea_service@")), None)


def _has(comp, path):
    if path in FRAMEWORK_PATHS and comp.framework:
        return True
    return path == comp.ready or any(
        Pattern(endpoint.path).match(path) is not None for endpoint in comp.endpoints
    )


async def _replayed(real, comp, settings):
    world = World(settings={**MODEL, **settings})
    index = store_of(world).index(index_name(world, None))
    index.add(
        [Chunk(name, f"{name}: deep learning is a kind of machine learning.") for name in _stored(real)]
    )
    mock = Mock(comp, world, behaviour=Behaviour(like_upstream=True))
    async with (
        serving([mock]) as urls,
        httpx.AsyncClient(base_url=urls[comp.id], timeout=10, trust_env=False, verify=False) as client,
    ):
        if real.path == "/v1/statistics" and _counted(real.body):
            await _answered_once(client, comp)
        answer = await client.request(real.method, real.path, **_sent(real))
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return list(differences(real, answer.status_code, headers, answer.content))


def _counted(body):
    """Whether statistics tell of an answer; before the first they are null."""
    return isinstance(body, dict) and any(each.get("p50_latency") is not None for each in body.values())


async def _answered_once(client, comp):
    """Ask for something that is answered."""
    for endpoint in (each for each in comp.endpoints if each.body == "json"):
        for example in (each for variant in endpoint.variants for each in variant.examples):
            if (await client.post(endpoint.path, json=example.request)).status_code == 200:
                return


def _stored(real):
    """The files that the comp held: the recorder's, and what was removed; none where it was asked to take one, or held none."""
    if real.path.endswith("/ingest") or real.body == [] or _found_nothing(real.body):
        return ()
    removed = (real.json or {}).get("file_path") if isinstance(real.json, dict) else None
    return FILES if removed in (None, "all", *FILES) or real.status != 200 else (*FILES, removed)


def _found_nothing(body):
    return isinstance(body, dict) and body.get("retrieved_docs") == []


def _sent(real):
    if real.form:
        return {
            "content": multipart(*form_of(real.form)),
            "headers": {"content-type": f"multipart/form-data; boundary={BOUNDARY}"},
        }
    return {} if real.json is None else {"json": real.json}
