"""All wires of a stack in one process: `python -m harness.wire [CONFIGURATION]`.

The configuration (JSON, see `harness/wire/settings.py`) is the argument or the first line on standard input. One line on standard
output says when all are ready; the process ends when standard input does.
"""

import sys

from harness.errors import HarnessError
from harness.wire.process import main

if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except HarnessError as error:
        sys.exit(str(error))
