"""Where the command `opea-harness` begins, so early that who interrupts it while Python still imports reads one sentence too.

As long as nothing is started there is nothing to roll back, and the process just ends: a KeyboardInterrupt may come up where
Python prints and forgets it, such as in the lock of an import.
"""

import os
import signal
from types import FrameType

INTERRUPTED = "opea-harness: interrupted; everything that was started is gone"
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> None:
    """Run the command line; imported only here is whatever takes time."""
    _end_by(_leave)
    try:
        from harness.cli import main as command_line

        command_line()
    finally:
        _end_by(_leave)


def roll_back() -> None:
    """From here on what interrupts is a KeyboardInterrupt, where `main` began the process."""
    if signal.getsignal(signal.SIGINT) is _leave:
        _end_by(signal.default_int_handler)


def _end_by(handler: "signal._HANDLER") -> None:
    for number in ENDINGS:
        signal.signal(number, handler)


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's signature
    os.write(2, f"{INTERRUPTED}\n".encode())
    os._exit(130)
