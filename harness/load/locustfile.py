"""Makes a scenario file a locust file, without locust unless locust is reading it.

    LocustUser = locust_user(SCENARIOS)

is the last line of a scenario file. Everywhere else, in pytest above all, the file stays plain Python: locust patches the
standard library of every process that imports it.
"""

import sys
from collections.abc import Sequence

from harness.scenario import Scenario


def locust_user(scenarios: Sequence[Scenario]) -> type | None:
    """The user that locust is to spawn, None unless locust's command line is what reads the file."""
    if "locust.main" not in sys.modules:
        return None
    from harness.load.locust_adapter import user_class

    return user_class(scenarios)
