"""What a model server's mock tells at `/metrics`: what really happened, by the server's own names."""

import asyncio
import re

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from harness.comp import World
from harness.history import Exchange
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from harness.mocking.engine import MODEL, EngineFigures, spent_on
from harness.mocking.serving import serving
from harness.scenario import Latency
from mocks.third_parties import _server, tgi, vllm

PACED = Behaviour(latency=Latency(first_ms=40, token_ms=8), in_flight_max=2)
CHAT = {"model": MODEL, "messages": [{"role": "user", "content": "What is rain?"}]}
OWN = re.compile(r'(?:le|err|finished_reason)="([^"]*)"')
USAGE = {"usage": {"prompt_tokens": 3, "completion_tokens": 5}, "choices": [{"finish_reason": "length"}]}


def told(comp, *asked, at_once=False, settings=None):
    """Samples by name and by labels that differ, after those requests: (path, body) each."""

    async def work():
        mock = Mock(comp, World(settings=settings or {}), behaviour=PACED)
        async with serving([mock]) as urls, httpx.AsyncClient(base_url=urls[comp.id], timeout=10) as client:
            posts = [client.post(path, json=body) for path, body in asked]
            replies = await asyncio.gather(*posts) if at_once else [await each for each in posts]
            page = await client.get("/metrics")
        return replies, page

    replies, page = asyncio.run(work())
    assert list(text_string_to_metric_families(page.text))  # Prometheus can read it.
    found = re.findall(r"^(\w[\w:]*)(?:{(.*)})? (\S+)$", page.text, re.MULTILINE)
    samples = {" ".join((name, *OWN.findall(labels))): float(value) for name, labels, value in found}
    return replies, samples, page


def test_vllm_counts_requests_tokens_and_times():
    """A whole answer, a stream, one that was cut, and one that was refused."""
    cut, bad = {**CHAT, "max_tokens": 2}, {"model": MODEL}
    asked = [("/v1/chat/completions", body) for body in (CHAT, {**CHAT, "stream": True}, cut, bad)]
    (whole, *_), seen, _ = told(vllm.COMP, *asked)
    usage = whole.json()["usage"]
    said = usage["completion_tokens"]

    assert seen["vllm:prompt_tokens_total"] == 3 * usage["prompt_tokens"]
    assert seen["vllm:generation_tokens_total"] == 2 * said + 2
    assert [seen[f"vllm:request_success_total {why}"] for why in ("stop", "length", "abort")] == [2, 1, 0]
    assert seen["vllm:time_to_first_token_seconds_bucket 0.02"] == 0
    assert seen["vllm:time_to_first_token_seconds_bucket 10.0"] == 3
    assert seen["vllm:time_per_output_token_seconds_count"] == 2 * (said - 1) + 1
    assert 0.008 <= seen["vllm:time_per_output_token_seconds_sum"] / (2 * said - 1) < 0.1
    assert seen["vllm:e2e_request_latency_seconds_count"] == seen["vllm:request_generation_tokens_count"] == 3
    assert (seen["vllm:num_requests_running"], seen["vllm:num_requests_waiting"]) == (0, 0)


def test_tgi_counts_requests_tokens_and_times():
    """By names without the ending that Prometheus's own clients give to counters."""
    asked = [("/generate", {"inputs": "What is rain?"}), ("/generate_stream", {"inputs": "What is rain?"})]
    _, seen, page = told(tgi.COMP, *asked, ("/generate", {"inputs": ""}))

    assert "\ntgi_request_count 3\n" in page.text
    assert (seen["tgi_request_success"], seen["tgi_request_failure validation"]) == (2, 1)
    assert seen["tgi_request_generated_tokens_sum"] >= 2 * seen["tgi_request_generated_tokens_count"] == 4
    assert 0.04 <= seen["tgi_request_inference_duration_sum"] / 2 < 2
    assert seen["tgi_queue_size"] == seen["tgi_batch_current_size"] == 0


def test_what_is_refused_for_the_queue_limit_is_told_as_overload():
    """Two are let in at a time."""
    replies, seen, _ = told(tgi.COMP, *[("/generate", {"inputs": "What is rain?"})] * 5, at_once=True)
    many = sum(reply.status_code == 429 for reply in replies)

    assert many >= 1
    assert seen["tgi_request_failure overloaded"] == many


def test_requests_in_flight_are_running():
    """The page is told while others are answered."""
    figures = EngineFigures("vllm")

    assert f'vllm:num_requests_running{{engine="0",model_name="{MODEL}"}} 7' in figures.exposition(7).decode()


def test_an_answer_of_one_token_has_no_time_between_tokens():
    """It has one until its first."""
    figures = EngineFigures("vllm")
    one = {**USAGE, "usage": {"prompt_tokens": 3, "completion_tokens": 1}}
    figures.count(Exchange(0, "llm", "POST", "/v1/chat/completions", began_ns=1, status=200), one, 2)

    assert sum(figures.histograms["vllm:time_per_output_token_seconds"].counts) == 0
    assert sum(figures.histograms["vllm:time_to_first_token_seconds"].counts) == 1


def test_a_client_that_leaves_aborts():
    """What was said until then is counted; before the first token there is no time to it."""
    figures = EngineFigures("vllm")
    left = Exchange(0, "llm", "POST", "/v1/chat/completions", began_ns=1, status=200, error="client_left")
    figures.count(left, USAGE, 0)

    assert figures.answered == {"abort": 1}
    assert sum(figures.histograms["vllm:time_to_first_token_seconds"].counts) == 0


def test_pages_are_no_requests():
    """Health and the list of models say no text."""
    _, seen, _ = told(vllm.COMP)
    figures = EngineFigures("tgi")
    figures.count(Exchange(0, "llm", "GET", "/info", status=200), {"model_id": "x"}, 0)

    assert (figures.asked, seen["vllm:generation_tokens_total"]) == (0, 0)


@pytest.mark.parametrize(("reply", "spent"), [(USAGE, (3, 5, "length")), ({"text": "x"}, None), (None, None)])
def test_a_reply_tells_what_it_took(reply, spent):
    """By OpenAI's usage; what has none took nothing that could be told."""
    found = spent_on(reply)

    assert (found and (found.prompt_tokens, found.tokens, found.finish_reason)) == spent


def test_the_model_is_the_one_that_is_served():
    """By its setting, or the one that the mocks serve without."""
    _, _, page = told(vllm.COMP, settings={"LLM_MODEL_ID": 'a "b" \\c'})

    assert 'model_name="a \\"b\\" \\\\c"' in page.text
    assert _server.MODEL == MODEL
