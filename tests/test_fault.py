"""Faults as data."""

from harness.fault import Effect, Expected, Fault, Target


def test_an_effect_does_nothing_unless_told():
    """The default effect leaves an exchange as it is."""
    assert Effect() == Effect(delay_ms=0.0, swallow=False, status=0, body=None, reset_after_bytes=None)


def test_a_fault_fits_everywhere_unless_it_says_otherwise():
    """`unfit` gives no reason by default."""
    fault = Fault("noop", "does nothing", Effect(), Expected("same"), control=True)

    assert fault.unfit(Target("llm", "llms.text_generation", "LLM", "/v1/chat/completions")) is None
