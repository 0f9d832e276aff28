"""A megaservice's hooks as it may set them: on the class, as OPEA's examples do, on a subclass, or on one orchestrator."""

import inspect
from collections.abc import Callable
from functools import lru_cache
from types import FunctionType, MethodType
from typing import Any

from harness.opea.order import Hooks


def hooks_of(orchestrator: Any, default_generator: object, kwargs: dict[str, Any]) -> Hooks:
    """The hooks of an orchestrator; `default_generator` is what `align_generator` is when nobody set one."""
    generator = _bound(orchestrator, "align_generator")
    is_default = getattr(generator, "__func__", generator) is default_generator
    return Hooks(
        align_inputs=_bound(orchestrator, "align_inputs"),
        align_outputs=_bound(orchestrator, "align_outputs"),
        align_generator=None if is_default else lambda items: generator(items, **kwargs),
        process_outputs=orchestrator.process_outputs,
    )


def _bound(orchestrator: Any, name: str) -> Callable[..., Any]:
    """A hook, bound; Python does not bind a function that was set on an object, even if it takes `self`."""
    own = vars(orchestrator).get(name)
    if isinstance(own, FunctionType) and _takes_self(own):
        return MethodType(own, orchestrator)
    hook: Callable[..., Any] = getattr(orchestrator, name)
    return hook


@lru_cache(maxsize=256)
def _takes_self(function: FunctionType) -> bool:
    return next(iter(inspect.signature(function).parameters), "") == "self"
