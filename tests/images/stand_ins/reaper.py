"""A reaper for testcontainers, because its own is nowhere to be had without a registry: ours, that speaks as it does."""

from harness.containers.engine import LOCAL, Engine
from tests.images.stand_ins.building import HERE, Recipe, made
from tests.images.stand_ins.own import own

REAPER = f"{LOCAL}reaper:1"
DOCKERFILE = """
COPY reaper.py /reaper.py
EXPOSE 8080
ENTRYPOINT ["python3", "-u", "/reaper.py"]
"""


def build(engine: Engine) -> str:
    """Build it, where it is not there yet; gives its name."""
    files = {"reaper.py": HERE / "services" / "reaper.py"}
    return made(engine, Recipe(REAPER, f"FROM {own(engine)}\n{DOCKERFILE}", files))
