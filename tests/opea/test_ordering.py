"""One request's order."""

import asyncio

from harness.opea import ServiceOrchestrator
from harness.opea.metrics import metrics
from harness.opea.ordering import Settings
from harness.opea.proto.docarray import LLMParams


def order(inputs, parameters=None):
    async def main():
        settings = Settings(5.0, None, metrics(), ServiceOrchestrator.align_generator)
        made = settings.order(ServiceOrchestrator(), inputs, parameters, {"k": 1})
        made.ticket.done(answered=False)
        return made

    return asyncio.run(main())


def test_each_request_has_its_own_parameters():
    """A default is not shared between requests."""
    one, other = order({}), order({})

    assert one.parameters is not other.parameters
    assert one.parameters.id != other.parameters.id


def test_whether_to_stream_is_decided_once():
    """Parameters, their dictionary and the order agree."""
    made = order({"stream": False})

    assert (made.is_streaming, made.parameters.stream, made.parameters_dict["stream"]) == (
        False,
        False,
        False,
    )


def test_the_callers_parameters_are_not_changed():
    """They may be used for another request."""
    parameters = LLMParams(max_tokens=3)
    made = order({"stream": False}, parameters)

    assert (parameters.stream, "stream" in parameters.model_fields_set) == (True, False)
    assert made.parameters.max_tokens == 3


def test_arguments_reach_the_hooks():
    """Whatever the megaservice gave."""
    assert order({}).kwargs == {"k": 1}
