"""Components (tests/cores/common/test_component.py, GenAIComps 8130a3f)."""

import asyncio

from tests.conformance.nodes import refused


def item_61_components():
    """Meta, settings, a registry that registers, gives and forgets, and a loader that asks."""
    from comps import OpeaComponent, OpeaComponentLoader, OpeaComponentRegistry

    class Mine(OpeaComponent):
        def check_health(self):
            return True

        async def invoke(self, value):
            return value * 2

    OpeaComponentRegistry.register("conforming")(Mine)
    assert OpeaComponentRegistry.get("conforming") is Mine
    loader = OpeaComponentLoader("conforming", type="llm", description="doubles", config={"a": 1})
    loader.component.update_config("b", 2)
    OpeaComponentRegistry.unregister("conforming")
    assert loader.component.get_meta() == {
        "name": "conforming",
        "type": "llm",
        "description": "doubles",
        "config": {"a": 1, "b": 2},
    }
    assert asyncio.run(loader.invoke(21)) == 42
    for lost in (OpeaComponentRegistry.get, OpeaComponentLoader):
        with refused(KeyError, "conforming"):
            lost("conforming")
