"""The self-hosted model of lm-evaluation-harness: tokens in, the likeliest next tokens and log probabilities out."""

from hashlib import blake2b
from math import isfinite, log
from typing import Any

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Refusal, Variant, World
from harness.opea.proto.doc import Doc

VOCABULARY = 32_000  # As many tokens as Llama's first vocabulary has.
LIKELIEST = log(0.5)  # Of the mock's next token; the others share the other half.
OTHERS = log(0.5 / (VOCABULARY - 1))


class LLMCompletionDoc(Doc):
    """Rows of token ids, all of one length; the other fields are passed over, as upstream."""

    batched_inputs: list[Any]
    logprobs: int = 10
    max_new_tokens: int = 0
    temperature: float = 0.0


def complete(request: LLMCompletionDoc, world: World) -> dict[str, Any]:
    """For each token the likeliest next one, and for each but the first the log probability that it came."""
    rows = _rows(request.batched_inputs)
    greedy = [[_next(token) for token in row] for row in rows]
    logprobs = [
        [LIKELIEST if guess == token else OTHERS for guess, token in zip(guesses, row[1:], strict=False)]
        for guesses, row in zip(greedy, rows, strict=True)
    ]
    return {"greedy_tokens": greedy, "logprobs": logprobs, "batched_inputs": request.batched_inputs}


def _rows(given: list[Any]) -> list[list[int]]:
    if not given or not all(isinstance(row, list) and row for row in given):
        raise Refusal(400, "batched_inputs: is no list of rows of token ids, each of one token at least")
    if len({len(row) for row in given}) > 1:
        raise Refusal(400, f"batched_inputs: rows have lengths {[len(row) for row in given]}, not one")
    for row in given:
        for token in row:
            if not isinstance(token, int | float) or not 0 <= token < VOCABULARY:
                raise Refusal(400, f"batched_inputs: {token!r} is no token id from 0 to {VOCABULARY - 1}")
    return [[int(token) for token in row] for row in given]  # As a tensor of whole numbers takes them.


def _next(token: int) -> int:
    """The likeliest token after this one; a mock's model looks no further back."""
    return int.from_bytes(blake2b(b"%d" % token, digest_size=4).digest(), "big") % VOCABULARY


def _one_for_each(request: Any, reply: Any) -> str | None:
    wanted = [len(row) for row in request["batched_inputs"]]
    for name, less in (("greedy_tokens", 0), ("logprobs", 1)):
        got = [len(row) for row in reply[name]]
        if got != [length - less for length in wanted]:
            return f"{name}: rows have lengths {got}; the inputs have {wanted}"
    return None


def _are_logprobs(request: Any, reply: Any) -> str | None:
    for number in (number for row in reply["logprobs"] for number in row):
        if not isfinite(number) or number > 0:
            return f"logprobs: {number!r} is no logarithm of a probability"
    return None


def _inputs_kept(request: Any, reply: Any) -> str | None:
    return (
        None
        if reply["batched_inputs"] == request["batched_inputs"]
        else "batched_inputs: are not those asked"
    )


TWO_ROWS = [[1, 15043, 3186], [1, 920, 526]]

COMPS = (
    Comp(
        id="llms.lm_eval",
        title="opea_service@self_hosted_hf",
        port=9006,
        service_type="LLM",
        image="opea/llm-eval:latest",
        statistics=False,
        endpoints=(
            Endpoint(
                "/v1/completions",
                complete,
                (
                    Variant(
                        "tokens",
                        LLMCompletionDoc,
                        dict[str, list[Any]],
                        examples=(
                            Example("two-rows", {"batched_inputs": TWO_ROWS}, {"batched_inputs": TWO_ROWS}),
                            Example("one-token", {"batched_inputs": [[7]]}, {"logprobs": [[]]}),
                            Example("ragged", {"batched_inputs": [[1, 2], [3]]}, status=400),
                            Example("no-ids", {"batched_inputs": [["one", "two"]]}, status=400),
                            Example("nothing", {}, status=422),
                        ),
                        laws=(
                            Law("one-for-each", "there is a token for each token, and a log probability for each but the first", _one_for_each),
                            Law("are-logprobs", "log probabilities are finite and at most 0", _are_logprobs),
                            Law("inputs-kept", "the inputs come back as they were", _inputs_kept),
                        ),
                    ),
                ),
                evidence="executed",
                declares=Any,
                source="comps/llms/utils/lm-eval/self_hosted_hf.py",
                known=(
                    Deviation(
                        "no-tokens",
                        "inputs that are no rows of token ids of one length are an internal error",
                        lambda _body: True,
                        500,
                        instead_of=400,
                    ),
                ),
                notes=(
                    "OpenAI's by path only; logprobs, max_new_tokens and temperature are passed over",
                    "a mock's next token depends on the last one alone",
                ),
            ),
        ),
    ),
)  # fmt: skip
