"""A scenario file is plain Python unless locust reads it."""

import subprocess
import sys

from harness.load.locustfile import locust_user


def test_without_locust_there_is_no_user():
    """In pytest the last line of a scenario file gives nothing."""
    assert "locust.main" not in sys.modules
    assert locust_user(()) is None


def test_reading_a_scenario_imports_neither_locust_nor_the_engine():
    """A process that reads the bundled scenario is not patched for gevent, and loads nothing of the load."""
    script = "import scenarios.rag, sys; print(sorted({'locust', 'gevent', 'harness.load.engine'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout == "[]\n"
