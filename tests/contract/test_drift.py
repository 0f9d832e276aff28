"""Our models of requests and replies, field by field against those of the real opea-comps in its own environment."""

import importlib
import json
import os
import pkgutil
import subprocess
from pathlib import Path

import pytest

from harness.cache import cache_dir
from harness.gateway.environment import built
from harness.opea import proto
from tests.opea.proto.schemas import UPSTREAM, fields, models

SCRIPT = Path(__file__).parent / "opea_schemas.py"
LIMIT_S = 90

# What is on one side only, or different, and why. A field is written `Model.field`.
REASONS = {
    "Doc": "upstream's documents have docarray's BaseDoc above them, which is no model of opea-comps",
    "Routing": "upstream's TopologyInfo, a plain class there, has the same field and stands under its own name in docarray",
}


@pytest.fixture(scope="module")
def theirs():
    """The real models' schemas by name."""
    python = built(cache_dir(os.environ)).python
    done = subprocess.run([python, SCRIPT], capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 0, done.stderr
    return {name: schema for module in json.loads(done.stdout).values() for name, schema in module.items()}


def ours():
    """Our models' schemas by name."""
    modules = (
        importlib.import_module(f"{proto.__name__}.{each.name}")
        for each in pkgutil.iter_modules(proto.__path__)
    )
    return {model.__name__: model.model_json_schema() for module in modules for model in models(module)}


def differences(mine, real):
    """Models that one side lacks, and fields that are not the same on both, each with what both say."""
    found = dict.fromkeys(set(mine) ^ set(real), "there is no such model on the other side")
    for name in set(mine) & set(real):
        here, there = (_by_name(each[name]) for each in (mine, real))
        for field in {*here, *there}:
            if here.get(field) != there.get(field):
                found[f"{name}.{field}"] = f"ours: {here.get(field)}, upstream's: {there.get(field)}"
    return found


def _by_name(schema):
    return {name: rest for name, *rest in fields(schema)} if "properties" in schema else {}


@pytest.mark.needs("opea")
def test_our_models_are_upstreams(theirs):
    """Kind, default and whether it is required, of every field of every model; each difference has its reason."""

    found = differences(ours(), theirs)

    assert {name: words for name, words in found.items() if name not in REASONS} == {}
    assert set(REASONS) <= set(found)


@pytest.mark.needs("opea")
def test_what_is_kept_of_upstreams_models_is_what_they_are(theirs):
    """The data that is compared with where opea-comps is not here."""
    kept = {name: rows for module in UPSTREAM.values() for name, rows in module.items()}

    assert {
        name: rows for name, rows in kept.items() if name in theirs and rows != fields(theirs[name])
    } == {}
    assert set(kept) <= set(theirs)


def test_a_difference_is_told_with_what_both_say():
    """A model more, a field less, another default."""
    real = {
        "A": {
            "properties": {"x": {"type": "string"}, "y": {"type": "integer", "default": 1}},
            "required": ["x"],
        },
        "B": {"properties": {}},
    }
    mine = {"A": {"properties": {"x": {"type": "string"}, "y": {"type": "integer", "default": 2}}}}

    assert differences(mine, real) == {
        "A.x": "ours: ['string', False], upstream's: ['string', True]",
        "A.y": "ours: ['integer', False, 2], upstream's: ['integer', False, 1]",
        "B": "there is no such model on the other side",
    }
