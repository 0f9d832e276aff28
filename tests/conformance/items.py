"""The items by number: functions named `item_NN_...`, found without importing what they are about."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# Where an engine differs on purpose from what upstream asserts, in the words of docs/differences.md.
DIFFERS = {
    39: "39's version is that of opea-comps, 1.5",
    46: "nothing need be set for spans to be kept in memory",
    54: "54 gives the picture's own bytes, not a PNG drawn from them",
    57: "their steps, not the objects behind them",
}


@dataclass(frozen=True)
class Item:
    """One thing that upstream's own tests assert."""

    number: int
    module: str
    name: str
    claim: str


def items() -> list[Item]:
    """All items, by number."""
    found = []
    for path in Path(__file__).parent.glob("items_*.py"):
        module = importlib.import_module(f"tests.conformance.{path.stem}")
        functions = {name: each for name, each in vars(module).items() if name.startswith("item_")}
        found += [_item(path.stem, name, each) for name, each in functions.items()]
    return sorted(found, key=lambda item: item.number)


def _item(module: str, name: str, function: Callable[[], None]) -> Item:
    return Item(int(name.split("_")[1]), module, name, str(function.__doc__))
