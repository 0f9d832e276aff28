"""Components as OPEA's comps are made of: an implementation behind a name, chosen when the comp starts.

Names follow comps/cores/common/component.py, GenAIComps 8130a3f.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from harness.opea.component_health import COMPONENTS

AnyComponent = TypeVar("AnyComponent", bound=type)


class OpeaComponent(ABC):
    """One implementation of what a comp does, with its name, its type and its settings."""

    def __init__(
        self,
        name: str,
        type: str,  # noqa: A002 - OPEA's name
        description: str,
        config: dict[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.type = type
        self.description = description
        self.config = {} if config is None else config
        COMPONENTS.add(self)

    def get_meta(self) -> dict[str, Any]:
        """Name, type, description and config."""
        return {"name": self.name, "type": self.type, "description": self.description, "config": self.config}

    def update_config(self, key: str, value: Any) -> None:
        """Set one setting."""
        self.config[key] = value

    @abstractmethod
    def check_health(self) -> bool:
        """Whether it can serve."""

    @abstractmethod
    async def invoke(self, *args: Any, **kwargs: Any) -> Any:
        """Do what the comp does, once."""

    def __repr__(self) -> str:
        return f"OpeaComponent(name={self.name}, type={self.type}, description={self.description})"


class OpeaComponentRegistry:
    """The implementations of this process, by name."""

    _registry: ClassVar[dict[str, type]] = {}

    @classmethod
    def register(cls, name: str) -> Callable[[AnyComponent], AnyComponent]:
        """Decorate a class to be found by this name; ValueError if the name is taken."""

        def registered(component_class: AnyComponent) -> AnyComponent:
            if name in cls._registry:
                taken = cls._registry[name].__name__
                raise ValueError(f"component {name} is registered already, as {taken}; names must differ")
            cls._registry[name] = component_class
            return component_class

        return registered

    @classmethod
    def get(cls, name: str) -> type:
        """The class of this name; KeyError if there is none."""
        if name not in cls._registry:
            raise KeyError(f"component {name} is not registered; registered are {sorted(cls._registry)}")
        return cls._registry[name]

    @classmethod
    def unregister(cls, name: str) -> None:
        """Forget the class of this name, if there is one."""
        cls._registry.pop(name, None)


class OpeaComponentLoader:
    """One component made of the class that is registered under a name; KeyError if there is none."""

    def __init__(self, component_name: str, **kwargs: Any) -> None:
        self.component: Any = OpeaComponentRegistry.get(component_name)(**{**kwargs, "name": component_name})

    async def invoke(self, *args: Any, **kwargs: Any) -> Any:
        """What the component's `invoke` gives; AttributeError if it has none."""
        if not hasattr(self.component, "invoke"):
            raise AttributeError(f"component {self.component!r} has no invoke; a component needs one")
        return await self.component.invoke(*args, **kwargs)
