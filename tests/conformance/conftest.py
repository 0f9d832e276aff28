"""Each engine as a process that carries out items, from its first item to the end of the session."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.cache import cache_dir
from harness.gateway.environment import environment
from tests.conformance.items import Item

ITEM_LIMIT_S = 60.0  # An engine imports 1,300 modules for its first one.
PROGRAM = str(Path(__file__).with_name("carry_out.py"))


class Engine:
    """A process that carries out items one by one; one that does not answer is ended, and begun anew for the next."""

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self._process: subprocess.Popen | None = None

    def carried_out(self, item: Item) -> tuple[str, str]:
        """What came of it, in a word and in many."""
        process = self._process = self._process or self._begun()
        process.stdin.write(f"{item.module} {item.name}\n".encode())
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], ITEM_LIMIT_S)
        line = process.stdout.readline() if ready else b""
        if not line:
            self.end()
            return "fails", f"no answer within {ITEM_LIMIT_S:g} s\n{self.log.read_text()[-2000:]}"
        said = json.loads(line)
        return said["outcome"], said["words"]

    def end(self) -> None:
        """Leave nothing of it running."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _begun(self) -> subprocess.Popen:
        python = sys.executable
        if self.name == "opea":
            python = str(environment(cache_dir(os.environ)).python)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [python, "-P", PROGRAM, self.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Engine]]:
    """Both engines, by name; neither runs before it is asked."""
    folder = tmp_path_factory.mktemp("conformance")
    made = {name: Engine(name, folder / f"{name}.log") for name in ("reference", "opea")}
    yield made
    for engine in made.values():
        engine.end()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each item on both gateways; on opea-comps alone with `--gateway opea`."""
    if "gateway" in metafunc.fixturenames:
        opea = pytest.param("opea", marks=pytest.mark.needs("opea"))
        alone = metafunc.config.getoption("opea_gateway") == "opea"
        metafunc.parametrize("gateway", [opea] if alone else ["reference", opea])
