"""Where a megaservice may set its hooks."""

import pytest

from harness.opea import ServiceOrchestrator
from harness.opea.hooks import hooks_of

DEFAULT = ServiceOrchestrator.align_generator


def plain(inputs, *args, **kwargs):
    return ("plain", inputs)


def with_self(self, inputs, *args, **kwargs):
    return ("self", type(self).__name__, inputs)


def test_nobody_set_a_hook():
    """Inputs stay as they are, and there is no generator to go through."""
    hooks = hooks_of(ServiceOrchestrator(), DEFAULT, {})

    assert (hooks.align_inputs("a"), hooks.align_outputs("b"), hooks.align_generator) == ("a", "b", None)


@pytest.mark.parametrize(
    ("hook", "told"), [(plain, ("plain", "a")), (with_self, ("self", "ServiceOrchestrator", "a"))]
)
def test_a_function_set_on_an_orchestrator_gets_self_if_it_takes_it(hook, told):
    """Both ways of writing it work."""
    orchestrator = ServiceOrchestrator()
    orchestrator.align_inputs = hook

    assert hooks_of(orchestrator, DEFAULT, {}).align_inputs("a") == told
    assert hooks_of(ServiceOrchestrator(), DEFAULT, {}).align_inputs("a") == "a"


def test_a_generator_gets_the_requests_arguments():
    """On the class, as OPEA's examples set it."""

    class Mine(ServiceOrchestrator):
        def align_generator(self, gen, **kwargs):
            return gen, kwargs

    hooks = hooks_of(Mine(), DEFAULT, {"k": 1})

    assert hooks.align_generator is not None
    assert hooks.align_generator("items") == ("items", {"k": 1})


def test_setting_the_default_again_is_setting_nothing(monkeypatch):
    """A test that takes its hook back leaves the fast way."""
    monkeypatch.setattr(ServiceOrchestrator, "align_generator", with_self)
    assert hooks_of(ServiceOrchestrator(), DEFAULT, {}).align_generator is not None
    monkeypatch.undo()

    assert hooks_of(ServiceOrchestrator(), DEFAULT, {}).align_generator is None
