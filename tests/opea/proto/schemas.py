"""Upstream's models and ours, field by field, in a form that can be compared.

`tests/data/opea_models.json` holds, for each model of GenAIComps 8130a3f (comps/cores/proto/docarray.py,
comps/cores/proto/api_protocol.py, comps/cores/storages/models.py), its fields in order: name, kind, required, default.
They were read from the models' own JSON schemas; prose was left out.
"""

import json
from pathlib import Path

from pydantic import BaseModel

UPSTREAM = json.loads((Path(__file__).parents[2] / "data" / "opea_models.json").read_text())


def models(module):
    """The models that a module of ours defines itself."""
    return [
        model
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, BaseModel) and model.__module__ == module.__name__
    ]


def fields(schema):
    """Name, kind, whether it is required, and its default if it says one."""
    required = schema.get("required", [])
    return [
        [
            name,
            kind(field),
            name in required,
            *([_without_id(field["default"])] if "default" in field else []),
        ]
        for name, field in schema["properties"].items()
    ]


def kind(schema):
    """What a field holds, in short: `string|array<integer>0>|null`."""
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[1]
    if "anyOf" in schema:
        return "|".join(dict.fromkeys(kind(one) for one in schema["anyOf"]))
    if "const" in schema or "enum" in schema:
        return "/".join(schema.get("enum", [schema.get("const")]))
    signs = (("minimum", ">="), ("exclusiveMinimum", ">"), ("maximum", "<="), ("pattern", "~"))
    name = schema.get("type", "any") + "".join(f"{sign}{schema[key]}" for key, sign in signs if key in schema)
    if name == "array":
        return f"array<{kind(schema.get('items', {}))}>"
    if name == "object":
        inner = schema.get("additionalProperties", True)
        return f"object<{'any' if inner is True else kind(inner)}>"
    return name


def _without_id(value):
    return {key: inner for key, inner in value.items() if key != "id"} if isinstance(value, dict) else value
