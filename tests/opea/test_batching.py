"""Dynamic batching."""

import asyncio
from collections import defaultdict, deque

import httpx
import pytest

from harness.opea import MicroService, ServiceType, TextDoc
from harness.opea.batching import answer_batches


def run(infer, requests, size_max=32):
    """The outcomes of requests that waited together."""

    async def main():
        lock, buffer = asyncio.Lock(), defaultdict(deque)
        answering = asyncio.create_task(answer_batches(buffer, lock, infer, every_s=0.01, size_max=size_max))
        entries = [{"request": request, "response": asyncio.Future()} for request in requests]
        buffer["kind"].extend(entries)
        told = await asyncio.wait_for(
            asyncio.gather(*(entry["response"] for entry in entries), return_exceptions=True), 2
        )
        answering.cancel()
        return told

    return asyncio.run(main())


def test_what_waits_together_is_answered_together():
    """In batches no larger than allowed, each entry its own result."""
    sizes = []

    async def infer(kind, batch):
        sizes.append((kind, len(batch)))
        return [entry["request"] * 2 for entry in batch]

    assert run(infer, [1, 2, 3, 4, 5], size_max=2) == [2, 4, 6, 8, 10]
    assert sizes == [("kind", 2), ("kind", 2), ("kind", 1)]


def test_a_batch_that_fails_fails_its_own_requests_only():
    """The next batch is answered."""

    async def infer(kind, batch):
        if batch[0]["request"] == "bad":
            raise ValueError("no")
        return ["ok" for _ in batch]

    told = run(infer, ["bad", "also", "good", "fine"], size_max=2)

    assert [str(each) for each in told] == ["no", "no", "ok", "ok"]


@pytest.mark.parametrize(("count", "ok"), [(1, 1), (0, 0), (5, 3)])
def test_a_batch_with_too_few_results_leaves_nobody_waiting(count, ok):
    """Those without a result are told so."""

    async def infer(kind, batch):
        return ["ok"] * count

    told = run(infer, [1, 2, 3])

    assert [each == "ok" for each in told] == [True] * ok + [False] * (3 - ok)
    assert all("each entry needs one" in str(each) for each in told[ok:])


def test_a_service_answers_two_requests_in_one_batch():
    """Over HTTP, with the function that the service was given while it served."""
    service = MicroService(
        "batcher", host="127.0.0.1", port=0, dynamic_batching=True, dynamic_batching_timeout=0.2
    )
    sizes = []

    async def infer(kind, batch):
        sizes.append(len(batch))
        return [{"result": f"{kind.name} {entry['request'].text}"} for entry in batch]

    async def add(request: TextDoc) -> dict:
        service.dynamic_batching_infer = infer
        response = asyncio.get_running_loop().create_future()
        async with service.buffer_lock:
            service.request_buffer[ServiceType.EMBEDDING].append({"request": request, "response": response})
        return await response

    service.add_route("/v1/add", add)

    async def main():
        serving = asyncio.create_task(service.serve())
        async with httpx.AsyncClient() as client:
            url = f"http://127.0.0.1:{service.port}/v1/add"
            told = await asyncio.gather(*(client.post(url, json={"text": text}) for text in "ab"))
        service.stop()
        await serving
        return [reply.json()["result"] for reply in told]

    assert asyncio.run(main()) == ["EMBEDDING a", "EMBEDDING b"]
    assert sum(sizes) == 2
