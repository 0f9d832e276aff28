"""What a model server tells at `/metrics`, by vLLM's and by TGI's names; told is only what a mock has, which is no cache.

vLLM's names, labels and bounds are those of its versions 0.8 to 0.10 (vllm/v1/metrics/loggers.py), TGI's those of 2.4 (router/src/server.rs).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from time import monotonic_ns
from typing import Literal

from harness.comp import Engine, Spoken, Stream
from harness.history import Exchange
from harness.mocking.asgi import NS_PER_S
from harness.mocking.figures import Histogram

Kind = Literal["counter", "gauge", "histogram"]

MODEL = "meta-llama/Meta-Llama-3-8B-Instruct"  # What the mocks say they serve unless LLM_MODEL_ID is set.
TOKENS_MAX = 4096
FIRST_S = (0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
TOKEN_S = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
REQUEST_S = (0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 120.0, 240.0)
LENGTHS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0)
TGI_S = tuple(0.0001 * 1.5**step for step in range(35))
TGI_LENGTHS = tuple(TOKENS_MAX / 100 * step for step in range(1, 101))

# Which of a request's measures each histogram takes, and its upper bounds.
HISTOGRAMS: Mapping[Engine, Mapping[str, tuple[str, tuple[float, ...]]]] = {
    "vllm": {
        "vllm:time_to_first_token_seconds": ("first_s", (*FIRST_S, 20.0, 40.0, 80.0, 160.0, 640.0, 2560.0)),
        "vllm:time_per_output_token_seconds": ("token_s", (*TOKEN_S, 20.0, 40.0, 80.0)),
        "vllm:e2e_request_latency_seconds": ("request_s", (*REQUEST_S, 480.0, 960.0, 1920.0, 7680.0)),
        "vllm:request_queue_time_seconds": ("queue_s", (*REQUEST_S, 480.0, 960.0, 1920.0, 7680.0)),
        "vllm:request_inference_time_seconds": ("inference_s", (*REQUEST_S, 480.0, 960.0, 1920.0, 7680.0)),
        "vllm:request_prompt_tokens": ("prompt", LENGTHS),
        "vllm:request_generation_tokens": ("said", LENGTHS),
    },
    "tgi": {
        "tgi_request_duration": ("request_s", TGI_S),
        "tgi_request_queue_duration": ("queue_s", TGI_S),
        "tgi_request_inference_duration": ("inference_s", TGI_S),
        "tgi_request_mean_time_per_token_duration": ("mean_token_s", TGI_S),
        "tgi_request_input_length": ("prompt", TGI_LENGTHS),
        "tgi_request_generated_tokens": ("said", TGI_LENGTHS),
    },
}


@dataclass(frozen=True, slots=True)
class Spent:
    """What one answer took: tokens of the prompt, tokens said, and why it ended."""

    prompt_tokens: int
    tokens: int
    finish_reason: str


@dataclass(slots=True, eq=False)
class EngineFigures:
    """What one model server's mock counted: every request, and of those that were answered their tokens and times."""

    engine: Engine
    model: str = MODEL
    asked: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    prompt_tokens: int = 0
    tokens: int = 0
    histograms: dict[str, Histogram] = field(init=False)

    def __post_init__(self) -> None:
        self.histograms = {name: Histogram(bounds) for name, (_, bounds) in HISTOGRAMS[self.engine].items()}

    def count(self, exchange: Exchange, reply: object, first_ns: int) -> None:
        """Count an exchange that ends now; what says no text, a health page or a list of models, is passed over."""
        if exchange.method != "POST":
            return
        self.asked += 1
        if exchange.status != 200:
            self.refused["overloaded" if exchange.status == 429 else "validation"] += 1
            return
        spent = spent_on(reply)
        if spent is None:
            return
        said = len(exchange.content_ns) if isinstance(reply, Stream) else spent.tokens
        self.answered["abort" if exchange.error else spent.finish_reason] += 1
        self.prompt_tokens += spent.prompt_tokens
        self.tokens += said
        seen = {
            "prompt": [float(spent.prompt_tokens)],
            "said": [float(said)],
            **_times(exchange, first_ns, said),
        }
        for name, (measure, _) in HISTOGRAMS[self.engine].items():
            for value in seen[measure]:
                self.histograms[name].add(value)

    def exposition(self, in_flight: int) -> bytes:
        """The page of `/metrics` while so many requests are in flight."""
        rows = self._vllm(in_flight) if self.engine == "vllm" else self._tgi(in_flight)
        model = self.model.replace("\\", "\\\\").replace('"', '\\"')
        labels = f'engine="0",model_name="{model}"' if self.engine == "vllm" else ""
        lines = [line for name, kind, values in rows for line in _family(name, kind, values, labels)]
        for name, histogram in self.histograms.items():
            lines += _family(name, "histogram", _buckets(histogram), labels)
        return ("\n".join(lines) + "\n").encode()

    def _vllm(self, in_flight: int) -> "Iterator[Row]":
        yield "vllm:num_requests_running", "gauge", {("", ""): in_flight}
        yield "vllm:num_requests_waiting", "gauge", {("", ""): 0}
        yield "vllm:prompt_tokens_total", "counter", {("", ""): self.prompt_tokens}
        yield "vllm:generation_tokens_total", "counter", {("", ""): self.tokens}
        reasons = {reason: self.answered[reason] for reason in ("stop", "length", "abort")}
        success = {("", f'finished_reason="{reason}"'): many for reason, many in reasons.items()}
        yield "vllm:request_success_total", "counter", success

    def _tgi(self, in_flight: int) -> "Iterator[Row]":
        yield "tgi_request_count", "counter", {("", ""): self.asked}
        yield "tgi_request_success", "counter", {("", ""): self.answered["stop"] + self.answered["length"]}
        failed = {("", f'err="{kind}"'): many for kind, many in self.refused.items()}
        yield "tgi_request_failure", "counter", failed
        yield "tgi_queue_size", "gauge", {("", ""): 0}
        yield "tgi_batch_current_size", "gauge", {("", ""): in_flight}


Row = tuple[str, Kind, Mapping[tuple[str, str], float]]


def spent_on(reply: object) -> Spent | None:
    """What a reply says that it took; None where it says nothing of tokens."""
    if isinstance(reply, (Stream, Spoken)):
        tokens = reply.tokens if isinstance(reply, Spoken) else len(reply.tokens)
        return Spent(reply.prompt_tokens, tokens, reply.finish_reason)
    usage = reply.get("usage") if isinstance(reply, dict) else None
    if not isinstance(reply, dict) or not isinstance(usage, dict):
        return None
    reason = reply["choices"][0]["finish_reason"]
    return Spent(usage["prompt_tokens"], usage["completion_tokens"], reason)


def _times(exchange: Exchange, first_ns: int, said: int) -> dict[str, list[float]]:
    """The times of an answer that ends now, in seconds; a whole one's tokens came evenly after its first."""
    now = monotonic_ns()
    took_s = (now - exchange.began_ns) / NS_PER_S
    came = exchange.content_ns
    steps = [(after - before) / NS_PER_S for before, after in pairwise(came)]
    return {
        "first_s": [(first_ns - exchange.began_ns) / NS_PER_S] if first_ns else [],
        "token_s": steps
        if came
        else [(now - first_ns) / NS_PER_S / (said - 1)] * (said - 1)
        if first_ns and said > 1
        else [],
        "mean_token_s": [took_s / max(said, 1)],
        "request_s": [took_s],
        "inference_s": [took_s],
        "queue_s": [0.0],  # A mock lets in at once or refuses with 429: nobody waits.
    }


def _buckets(histogram: Histogram) -> dict[tuple[str, str], float]:
    """A histogram's samples, by suffix and label."""
    rows = histogram.buckets()
    found = {("_bucket", f'le="{bound}"'): count for bound, count in rows}
    return {**found, ("_sum", ""): histogram.total, ("_count", ""): rows[-1][1]}


def _family(name: str, kind: Kind, values: Mapping[tuple[str, str], float], labels: str) -> Iterator[str]:
    """One family as Prometheus reads it; TGI's counters lack the ending that prometheus_client would give them."""
    yield f"# TYPE {name} {kind}"
    for (suffix, label), value in values.items():
        told = ",".join(filter(None, (labels, label)))
        yield f"{name}{suffix}{{{told}}} {value}" if told else f"{name}{suffix} {value}"
