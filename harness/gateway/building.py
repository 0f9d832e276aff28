"""Builds the environment that has opea-comps, with Python's own venv and pip; at most one process builds it at a time.

The mark is written when opea-comps has been imported there; whatever is found without one is begun anew.
"""

import sys
import time

import orjson
from pydantic import BaseModel

from harness.gateway.environment import MARK, REQUIREMENT, VERSION, Environment
from harness.setting_up import Say, Steps, alone

IMPORT_LIMIT_S = 180.0
PROBE = """
import importlib.metadata, json, comps
print(json.dumps({each.metadata["Name"]: each.version for each in importlib.metadata.distributions()}))
"""


class Built(BaseModel):
    """What was built: opea-comps' version, all packages with theirs, and how long it took."""

    opea_comps: str
    python: str
    packages: dict[str, str]
    took_s: float


def build(env: Environment, say: Say, *, requirement: str = REQUIREMENT, anew: bool = False) -> Built:
    """Build the environment unless it is there, and give what is in it; each step is said.

    Raises UsageError where it cannot be written, StackError where a step fails; then nothing is taken for built.
    """
    with alone(env.path):
        if env.is_built and not anew:
            return Built.model_validate_json(env.mark.read_bytes())
        return _build(env, say, requirement)


def _build(env: Environment, say: Say, requirement: str) -> Built:
    began_s, steps = time.monotonic(), Steps("opea", say)
    env.mark.unlink(missing_ok=True)
    say(f"a virtual environment at {env.path}")
    steps.run("the virtual environment", [sys.executable, "-m", "venv", "--clear", str(env.path)])
    say(f"{requirement} and the packages that it pins")
    # Of wheels alone: what would have to be compiled would need a compiler, and minutes.
    pip = [str(env.python), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    steps.run(requirement, [*pip, "--only-binary", ":all:", requirement])
    say("its first import")
    lines = steps.ask("its first import", [str(env.python), "-c", PROBE], IMPORT_LIMIT_S)
    packages = dict(sorted(orjson.loads(lines[-1]).items()))
    built = Built(
        opea_comps=packages.get("opea-comps", VERSION),
        python=str(env.python),
        packages=packages,
        took_s=round(time.monotonic() - began_s, 1),
    )
    part = env.path / f"{MARK}.part"
    part.write_bytes(built.model_dump_json(indent=2).encode())
    part.replace(env.mark)
    return built
