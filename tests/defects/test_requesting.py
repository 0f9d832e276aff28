"""Cases of what is sent to nodes, and of what is counted."""

import pytest

from harness.defects.requesting import (
    BATCHES,
    FIGURES,
    HEALTH,
    KEY,
    LIMITS,
    MODEL,
    NO_KEY,
    PARAMETERS,
    PROXY,
)
from harness.defects.witness import Answer, Call, Witness

OK = [Answer(200, "application/json", b"{}")]
COUNTED = {"megaservice_request_latency_count": 1.0, "megaservice_first_token_latency_count": 1.0}
WRONG = {
    "parameters kept": (PARAMETERS, Witness(OK, [Call("llm", {}, {"max_tokens": 1024, "stream": True})])),
    "none without a key": (NO_KEY, Witness(OK, [Call("a", {"authorization": "Bearer None"}, {})])),
    "nobody called": (NO_KEY, Witness(OK)),
    "a key of its own": (KEY, Witness(OK, [Call("tts", {"authorization": "Bearer secret"}, {})])),
    "no limit known": (LIMITS, Witness(OK)),
    "a limit": (LIMITS, Witness([Answer(200, body=b'{"limits_s": [2000]}')])),
    "a proxy": (PROXY, Witness(OK, [Call("a", {}, {}, is_proxied=True)])),
    "health": (HEALTH, Witness(OK)),
    "a model": (MODEL, Witness([Answer(500)])),
    "figures": (FIGURES, Witness(OK)),
    "tokens": (FIGURES, Witness(OK, after=COUNTED)),
    "batches": (BATCHES, Witness([Answer(500), Answer(0, error="total_timeout")])),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_seen(name):
    """Each first case is failed by the defect's own symptom, and by nothing having come at all."""
    defect, witness = WRONG[name]

    assert not defect.cases[0].expects.met(witness)
    assert defect.cases[0].expects.saw(witness)


def test_what_is_right_is_seen():
    """The same expectations are met by what they ask for."""
    sent = Call("llm", {}, {"max_tokens": 4096, "stream": False})

    assert PARAMETERS.cases[0].expects.met(Witness(OK, [sent]))
    assert NO_KEY.cases[0].expects.met(Witness(OK, [Call("a", {}, {})]))
    assert LIMITS.cases[0].expects.met(Witness([Answer(200, body=b'{"limits_s": [5, 600]}')]))
    assert PROXY.cases[0].expects.met(Witness(OK, [Call("a", {}, {})]))
