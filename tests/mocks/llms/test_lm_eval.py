"""The mock of an evaluation's model: tokens and log probabilities that fit each other."""

import pytest

from mocks.llms.lm_eval import COMPS, LIKELIEST, OTHERS, VOCABULARY
from tests.mocks.contract import ask

(COMP,) = COMPS
PATH = "/v1/completions"
LAWS = {law.id: law for law in COMP.endpoint(PATH).variants[0].laws}


def completed(*rows):
    """What the mock says of rows of tokens."""
    return ask(COMP, "POST", PATH, {"batched_inputs": list(rows)}).json()


def test_the_likeliest_token_is_likelier_than_any_other():
    """The next one that the mock guessed has half of all, another one its share of the rest."""
    guess = completed([5])["greedy_tokens"][0][0]

    assert completed([5, guess], [5, (guess + 1) % VOCABULARY])["logprobs"] == [[LIKELIEST], [OTHERS]]


def test_the_same_tokens_are_answered_the_same():
    """In whatever row they stand."""
    both, one = completed([1, 2, 3], [4, 5, 6]), completed([4, 5, 6])

    assert both["greedy_tokens"][1:] == one["greedy_tokens"]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "batched_inputs: is no list of rows of token ids, each of one token at least"),
        ([[]], "batched_inputs: is no list of rows of token ids, each of one token at least"),
        ([[1], [1, 2]], "batched_inputs: rows have lengths [1, 2], not one"),
        ([["a"]], "batched_inputs: 'a' is no token id from 0 to 31999"),
        ([[0.5, -0.5]], "batched_inputs: -0.5 is no token id from 0 to 31999"),
        ([[-1]], "batched_inputs: -1 is no token id from 0 to 31999"),
    ],
)
def test_what_are_no_tokens_is_refused_and_an_internal_error_upstream(rows, why):
    """A tensor is made of them there."""
    body = {"batched_inputs": rows}
    reply = ask(COMP, "POST", PATH, body)

    assert (reply.status_code, reply.json()) == (400, {"detail": why})
    assert ask(COMP, "POST", PATH, body, like_upstream=True).status_code == 500


def test_each_law_has_been_seen_to_fail():
    """Too few tokens, too many log probabilities, a positive one, other inputs."""
    request = {"batched_inputs": [[1, 2]]}
    reply = {"greedy_tokens": [[1, 2]], "logprobs": [[-1.0]], "batched_inputs": [[1, 2]]}
    one_for_each = LAWS["one-for-each"]

    assert one_for_each.broken(request, {**reply, "greedy_tokens": [[1]]}) == (
        "greedy_tokens: rows have lengths [1]; the inputs have [2]"
    )
    assert one_for_each.broken(request, {**reply, "logprobs": [[0, 0]]}) == (
        "logprobs: rows have lengths [2]; the inputs have [2]"
    )
    assert LAWS["are-logprobs"].broken(request, {"logprobs": [[0.1]]}) == (
        "logprobs: 0.1 is no logarithm of a probability"
    )
    assert (
        LAWS["inputs-kept"].broken(request, {"batched_inputs": []}) == "batched_inputs: are not those asked"
    )


def test_numbers_are_taken_for_the_whole_ones_in_them():
    """As a tensor takes them; they come back as they were."""
    whole, others = (
        ask(COMP, "POST", PATH, {"batched_inputs": [row]}).json() for row in ([1, 2], [True, 2.9])
    )

    assert others == {**whole, "batched_inputs": [[True, 2.9]]}
