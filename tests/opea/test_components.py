"""Components: an implementation behind a name."""

import asyncio

import pytest

from harness.opea.components import OpeaComponent, OpeaComponentLoader, OpeaComponentRegistry


class Echo(OpeaComponent):
    def __init__(self, name="echo", description="says it again", config=None):
        super().__init__(name, "llm", description, config)

    def check_health(self):
        return True

    async def invoke(self, said):
        return f"{self.name}: {said}"


@pytest.fixture
def registered():
    OpeaComponentRegistry.register("echo")(Echo)
    yield
    OpeaComponentRegistry.unregister("echo")


def test_a_component_knows_what_it_is():
    """Its meta is its name, type, description and settings, which may be changed."""
    echo = Echo(config={"a": 1})
    echo.update_config("b", 2)

    assert echo.get_meta() == {
        "name": "echo",
        "type": "llm",
        "description": "says it again",
        "config": {"a": 1, "b": 2},
    }
    assert repr(echo) == "OpeaComponent(name=echo, type=llm, description=says it again)"


def test_two_components_do_not_share_settings():
    """Each gets its own empty settings."""
    Echo().update_config("a", 1)

    assert Echo().config == {}


def test_a_loader_makes_the_component_of_a_name_and_asks_it(registered):
    """The name is handed on, and the answer back."""
    loader = OpeaComponentLoader("echo", description="loud")

    assert asyncio.run(loader.invoke("hi")) == "echo: hi"
    assert loader.component.description == "loud"


def test_a_name_is_registered_once(registered):
    """The second of a name says who is the first."""
    with pytest.raises(ValueError, match="component echo is registered already, as Echo"):
        OpeaComponentRegistry.register("echo")(Echo)


def test_an_unknown_name_says_which_there_are(registered):
    """A KeyError with the known names."""
    with pytest.raises(KeyError, match=r"component nope is not registered; registered are \['echo'\]"):
        OpeaComponentLoader("nope")
    OpeaComponentRegistry.unregister("nope")


def test_a_component_without_invoke_is_said(registered):
    """What cannot be asked is an AttributeError."""
    loader = OpeaComponentLoader("echo")
    loader.component = object()

    with pytest.raises(AttributeError, match="has no invoke"):
        asyncio.run(loader.invoke("hi"))
