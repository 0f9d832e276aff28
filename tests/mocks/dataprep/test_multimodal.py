"""Pictures, videos and recordings are kept, and found again by what is said of them."""

import asyncio

import httpx
import pytest

from harness.comp import World
from harness.mocking.app import Mock
from harness.mocking.serving import serving
from mocks._text import embed
from mocks.dataprep.multimodal import COMPS, KEPT, NAMES, NOTE, PAIR, SPEECH, VIDEO
from mocks.lvms import COMPS as LVMS
from mocks.retrievers import COMPS as RETRIEVERS
from tests.mocks.contract import ask_form, broken, client

REDIS, VDMS = COMPS
FOLDER = "/v1/dataprep"


def _files(*uploads):
    return [("files", (each.name, each.content, each.content_type)) for each in uploads]


def session(work):
    """The result of `work(client)` on a mock of its own."""

    async def once():
        async with client(REDIS) as asking:
            return await work(asking)

    return asyncio.run(once())


@pytest.mark.parametrize("comp", COMPS, ids=lambda comp: comp.id)
def test_the_mock_keeps_its_contract(comp):
    """Status, model and laws hold for every example, over a real socket."""
    assert broken(comp) == []


def test_what_is_ingested_is_listed_given_back_and_taken_out():
    """The whole life of files."""

    async def life(asking):
        ingested = (await asking.post(f"{FOLDER}/ingest", files=_files(*PAIR))).json()
        await asking.post(f"{FOLDER}/ingest_videos", files=_files(VIDEO))
        (video,) = (await asking.get(f"{FOLDER}/get_videos")).json()
        given = await asking.get(f"{FOLDER}/get/{video}")
        listed = (await asking.post(f"{FOLDER}/get")).json()
        await asking.post(f"{FOLDER}/delete", json={"file_path": "x"})
        return ingested, video, given, listed, (await asking.post(f"{FOLDER}/get")).json()

    ingested, video, given, listed, left = session(life)

    assert listed == [ingested["file_id_maps"]["bear"], video]
    assert (given.content, given.headers["content-type"], left) == (VIDEO.content, "video/mp4", [])


def test_a_picture_goes_from_dataprep_through_the_retriever_to_the_vision_model():
    """As in OPEA's MultimodalQnA: the caption answers, the picture is its proof."""
    world = World(settings={"INDEX_NAME": "mm-rag-redis"})
    comps = (REDIS, RETRIEVERS[0], LVMS[0])
    question = "When does the bear sleep?"

    async def chain():
        async with serving([Mock(comp, world) for comp in comps]) as urls, httpx.AsyncClient() as asking:
            dataprep, retriever, lvm = (urls[comp.id] for comp in comps)
            await asking.post(f"{dataprep}{FOLDER}/ingest", files=_files(*PAIR))
            body = {"text": question, "embedding": embed(question, 512).tolist()}
            found = (await asking.post(f"{retriever}/v1/retrieval", json=body)).json()
            return found, (await asking.post(f"{lvm}/v1/lvm", json=found)).json()

    found, answer = asyncio.run(chain())

    assert found["retrieved_docs"][0]["text"] == "From bear. The bear sleeps in winter."
    assert answer["text"] == "The bear sleeps in winter."
    assert answer["metadata"]["source_video"].startswith("bear_")


@pytest.mark.parametrize(
    ("comp", "route", "files", "status", "body"),
    [
        (REDIS, "ingest_videos", (VIDEO,), 200, "null"),
        (
            REDIS,
            "ingest",
            (NOTE,),
            200,
            '{"status_code":400,"detail":"The uploaded files have unsupported formats.',
        ),
        (REDIS, "generate_captions", (PAIR[0],), 200, '{"status":200,'),
        (VDMS, "ingest", PAIR, 200, "null"),
        (VDMS, "generate_transcripts", (SPEECH,), 200, "null"),
        (VDMS, "generate_captions", (PAIR[0],), 500, "Internal Server Error"),
        (VDMS, "ingest_videos", (VIDEO,), 200, '{"status":200,'),
    ],
)
def test_each_store_leaves_out_what_it_is_known_to(comp, route, files, status, body):
    """Promised is every route over every store."""
    known = ask_form(comp, f"{FOLDER}/{route}", files={"files": files}, like_upstream=True)

    assert (known.status_code, known.text[: len(body)]) == (status, body)


def test_each_law_has_been_seen_to_fail():
    """Names of its own, and none empty."""
    twice = {"file_id_maps": {"a": "x", "b": "x"}}

    assert KEPT.broken({}, twice) == "file_id_maps: leads to ['x', 'x'], not to one name each"
    assert KEPT.broken({}, {"file_id_maps": None}) == "file_id_maps: leads to [], not to one name each"
    assert NAMES.broken({}, ["a", ""]) == "the list holds 1 empty names"
