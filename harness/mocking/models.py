"""The models that a request may be, tried only where it could be one.

pydantic tries each member of a union to its end before it chooses. A model that lacks a field which it must have would not have been
chosen; passing over it gives the same answer at a fraction of the cost. What no model takes is told in the words of all.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from harness.unions import adapter


class Models:
    """The union of the models of one endpoint; there must be one at least."""

    def __init__(self, models: Sequence[Any]) -> None:
        self._models = models
        self._whole = adapter(models)
        self._wanted = [_required(model) for model in models]
        self._some: dict[tuple[int, ...], TypeAdapter[Any]] = {tuple(range(len(models))): self._whole}

    def validated(self, raw: Any) -> Any:
        """The request as that model which fits it best; raises ValidationError where none does."""
        if type(raw) is dict:
            names = raw.keys()
            fitting = tuple([at for at, wanted in enumerate(self._wanted) if wanted <= names])
            if fitting and len(fitting) < len(self._models):
                try:
                    return self._of(fitting).validate_python(raw, from_attributes=True)
                except ValidationError:
                    pass  # The whole union says it better.
        return self._whole.validate_python(raw, from_attributes=True)

    def _of(self, fitting: tuple[int, ...]) -> TypeAdapter[Any]:
        found = self._some.get(fitting)
        if found is None:
            found = self._some[fitting] = adapter(self._models[at] for at in fitting)
        return found


def _required(model: Any) -> frozenset[str]:
    """The names without which it takes no object; none where that cannot be told by its fields alone."""
    if not isinstance(model, type) or not issubclass(model, BaseModel):
        return frozenset()
    config = model.model_config
    if model.__pydantic_decorators__.model_validators or config.get("populate_by_name"):
        return frozenset()
    if model.__pydantic_root_model__ or any(each.validation_alias for each in model.model_fields.values()):
        return frozenset()
    return frozenset(name for name, each in model.model_fields.items() if each.is_required())
