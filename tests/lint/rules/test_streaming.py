"""stream-overwritten."""

from tests.lint.graphs import megaservice, node

RULE = "stream-overwritten"


def asked(*body, kind="LLM"):
    """Return a megaservice whose handler's lines these are, from line 7 on."""
    return megaservice(
        node("n", kind=kind), "mega.add(n)", "async def handle(request):", *(f"    {line}" for line in body)
    )


def test_a_request_for_no_stream_without_parameters_is_found(linted):
    """The lecture's case: the inputs say no, the default says yes."""
    text = asked('inputs = {"text": "x", "stream": False}', "await mega.schedule(initial_inputs=inputs)")

    assert linted(RULE, {"m.py": text}) == [
        "m.py:7 `stream: False` is overwritten with True, because no llm_parameters are given"
    ]


def test_parameters_that_do_not_say_it_are_found(linted):
    """LLMParams streams by default."""
    text = asked('await mega.schedule({"stream": False}, llm_parameters=LLMParams(max_tokens=9))')

    assert linted(RULE, {"m.py": text}) == [
        "m.py:7 `stream: False` is overwritten with True, because the llm_parameters do not say so"
    ]


def test_what_says_it_or_cannot_be_told_is_silent(linted):
    """Parameters that say no, that come from elsewhere, inputs that ask for a stream, and a graph without an LLM."""
    silent = [
        asked('await mega.schedule({"stream": False}, llm_parameters=LLMParams(stream=False))'),
        asked('await mega.schedule({"stream": False}, llm_parameters=wanted(request))'),
        asked('await mega.schedule({"stream": False}, LLMParams(**given))'),
        asked('await mega.schedule({"stream": True})'),
        asked('await mega.schedule({"text": "x"})'),
        asked('await mega.schedule({"stream": False})', kind="EMBEDDING"),
    ]

    assert [linted(RULE, {"m.py": text}) for text in silent] == [[]] * 6
