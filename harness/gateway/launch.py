"""How the process of a gateway is started: whose interpreter runs which module."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from harness.gateway.environment import Environment

Engine = Literal["reference", "opea"]
ENGINES: tuple[Engine, ...] = ("reference", "opea")
ELSEWHERE = str(Path(__file__).with_name("elsewhere.py"))


@dataclass(frozen=True, slots=True)
class Launch:
    """An interpreter, its arguments, and how many seconds it may take until it is ready."""

    python: str
    argv: Sequence[str]
    ready_s: float


def launch(module: str, elsewhere: Environment | None) -> Launch:
    """Start a module of ours, in our own environment or in another."""
    if elsewhere is None:
        return Launch(sys.executable, ("-m", module), 30.0)
    return Launch(str(elsewhere.python), ("-P", ELSEWHERE, module), 90.0)  # opea-comps imports 1,300 modules.
