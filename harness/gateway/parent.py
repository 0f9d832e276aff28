"""The process that started a gateway, as the gateway sees it: it configures, is told when we are ready, and takes us with it.

A gateway runs code of somebody else's, which may print and may read: its standard output goes to the log, and its
standard input is empty. What is meant for the parent has a descriptor of its own.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import orjson

from harness.processes.child import configuration_from_stdin

DESCRIPTORS_MAX = 1024
LAST_S = 3.0  # To let go of what is under way and to send the last spans.


class Parent:
    """Take it once, before anything else runs; `configuration` is what the parent wrote."""

    def __init__(self) -> None:
        self.configuration: dict[str, Any] = configuration_from_stdin()
        os.closerange(
            3, DESCRIPTORS_MAX
        )  # Uvloop hands on a second one of each, by which what is forked off would be heard.
        self._lifeline = os.dup(0)
        self._out = os.dup(1)
        empty = os.open(os.devnull, os.O_RDONLY)
        os.dup2(empty, 0)
        os.dup2(2, 1)
        os.close(empty)
        os.register_at_fork(after_in_child=self._forked)

    def tell(self, **facts: object) -> None:
        """Write one JSON line to the parent."""
        os.write(self._out, orjson.dumps(facts, option=orjson.OPT_APPEND_NEWLINE))

    def announce(self, service: Any, **facts: object) -> None:
        """Tell the parent where a megaservice answers, ours or opea-comps', and stop that when the parent lets go."""
        server = getattr(service, "server", None)  # Opea-comps' own; ours knows its port, and how to stop.
        if server is None:
            port, stop = service.port, service.stop
        else:
            (listener,) = server.servers[0].sockets
            port, stop = listener.getsockname()[1], lambda: setattr(server, "should_exit", True)
        self.when_gone(stop)
        self.tell(ready=True, urls={"gateway": f"http://127.0.0.1:{port}"}, **facts)

    def when_gone(self, stop: Callable[[], object]) -> None:
        """Call `stop` from another thread when the parent lets go, and end a little later whatever came of it."""
        threading.Thread(target=self._wait, args=(stop,), name="lifeline", daemon=True).start()

    def _forked(self) -> None:
        """In a process that the code forks off: it has nothing to tell, and ends when the parent lets go, also in a session of its own."""
        if self._out >= 0:  # Else its own parent was forked off too.
            os.close(self._out)
            self._out = -1
        threading.Thread(target=self._end_when_gone, name="lifeline", daemon=True).start()

    def _end_when_gone(self) -> None:
        self._until_gone()
        os._exit(0)

    def _until_gone(self) -> None:
        while os.read(self._lifeline, 4096):
            pass

    def _wait(self, stop: Callable[[], object]) -> None:
        self._until_gone()
        stop()
        time.sleep(LAST_S)
        sys.stderr.flush()
        # What the file has started goes too, and nothing else is in this group.
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(0)
