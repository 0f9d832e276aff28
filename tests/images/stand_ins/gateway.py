"""A megaservice as an image: the real ServiceOrchestrator of opea-comps, our own graph and hooks on it."""

from harness.containers.engine import LOCAL, Engine
from tests.images.stand_ins.building import GENUINE, HERE, Recipe, made, opea

MEGASERVICE = f"{LOCAL}megaservice:rag"
DOCKERFILE = f"""
COPY megaservice.py /home/user/megaservice.py
LABEL {GENUINE}="opea-comps 1.5: ServiceOrchestrator and MicroService"
USER user
ENTRYPOINT ["python3", "megaservice.py"]
"""


def build(engine: Engine) -> str:
    """Build it, and what it stands on, where they are not there yet; gives its name."""
    files = {"megaservice.py": HERE / "services" / "megaservice.py"}
    return made(engine, Recipe(MEGASERVICE, f"FROM {opea(engine)}\n{DOCKERFILE}", files))
