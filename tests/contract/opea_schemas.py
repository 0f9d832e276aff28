"""Prints the JSON schemas of opea-comps' own models; is run by the interpreter of the environment that has opea-comps."""

import importlib
import json
import sys

from pydantic import BaseModel

MODULES = ("comps.cores.proto.docarray", "comps.cores.proto.api_protocol", "comps.cores.storages.models")


def main():
    """One object: by module, by model."""
    found = {}
    for name in MODULES:
        module = importlib.import_module(name)
        found[name] = {
            each.__name__: each.model_json_schema()
            for each in vars(module).values()
            if isinstance(each, type) and issubclass(each, BaseModel) and each.__module__ == name
        }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
