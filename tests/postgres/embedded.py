"""The embedded PostgreSQL as a process of the tests', for as long as it is wanted."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def embedded() -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """It and what its ready line says."""
    argv = [sys.executable, "-P", "-m", "harness.postgres.process"]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(process.stderr.read())
        yield process, json.loads(line)
        process.communicate(timeout=30)
