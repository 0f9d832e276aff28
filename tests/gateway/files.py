"""The megaservice files of the tests, and a way to look at any."""

import sys
from pathlib import Path

import uvloop

from harness.discovery import COMP, SCENARIO, discover
from harness.gateway.environment import Environment, environment
from harness.gateway.look import look
from harness.gateway.seen import MegaserviceFile
from harness.generic import scenario_for
from harness.scenario import Scenario

FILES = Path(__file__).parents[1] / "data" / "megaservices"


def looked_at(
    file: Path, *arguments: str, engine: str = "reference", opea: Environment | None = None
) -> MegaserviceFile:
    """The file as it is seen on an engine, from the loop that commands run on."""
    return uvloop.run(look(file, arguments, engine, opea))


def scenario_of(file: MegaserviceFile, **chosen: str) -> Scenario:
    """Its scenario; `chosen` names comps of nodes."""
    return scenario_for(file, discover(SCENARIO), discover(COMP), chosen)


def pretended(folder: Path) -> Environment:
    """What passes for an environment with opea-comps: the interpreter that runs the tests, and a mark."""
    made = environment(folder)
    made.python.parent.mkdir(parents=True)
    made.python.symlink_to(sys.executable)
    made.mark.write_text(
        '{"opea_comps": "1.5", "python": "p", "packages": {"opea-comps": "1.5"}, "took_s": 1.0}'
    )
    return made
