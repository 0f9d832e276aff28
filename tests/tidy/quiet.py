"""Imports our modules in a process of its own and prints, as JSON, what they did that an import may not do.

Run as `python tests/tidy/quiet.py ROOT MODULE...`. What a third-party package does when it is imported is its own
affair: an act is ours where, from the inside out, one of our files comes before one of its.
"""

import importlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from types import FrameType

ACTS = {
    "socket.__new__": "opens a socket",
    "socket.bind": "binds a socket",
    "socket.connect": "connects a socket",
    "socket.getaddrinfo": "looks up a name",
    "subprocess.Popen": "starts a process",
    "os.fork": "forks",
    "os.system": "starts a process",
    "os.putenv": "sets the environment",
    "os.mkdir": "makes a folder",
    "os.remove": "removes a file",
    "tempfile.mkdtemp": "makes a folder",
    "tempfile.mkstemp": "makes a file",
}
LIMIT_S = 60


def loud(root: Path, modules: Iterable[str]) -> tuple[list[str], set[str]]:
    """Return `path:line: what` for each act, and the names of all that was imported in the end."""
    command = [sys.executable, __file__, str(root), *modules]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False, cwd=root)
    if done.returncode != 0:
        return [f"{' '.join(modules)}: cannot be imported: {done.stderr.strip()}"], set()
    answer = json.loads(done.stdout.splitlines()[-1])
    return answer["found"], set(answer["imported"])


class _Watch:
    """Writes down acts, each with the line of ours that did it."""

    def __init__(self, root: Path) -> None:
        self.root = f"{root}{os.sep}"
        self.found: list[str] = []

    def audit(self, event: str, arguments: tuple[object, ...]) -> None:
        """Take one audit event of the interpreter."""
        what = ACTS.get(event)
        if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
            what = "writes a file"
        if what is not None:
            self.blame(what)

    def blame(self, what: str) -> None:
        """Write an act down, if it is ours."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            path = frame.f_code.co_filename
            if "site-packages" in path or path == __file__:
                return
            if path.startswith(self.root):
                self.found.append(
                    f"{path.removeprefix(self.root)}:{frame.f_lineno}: {what} when it is imported"
                )
                return
            frame = frame.f_back


def _watch_calls(watch: _Watch, owner: type, name: str, what: str) -> None:
    """Watch a method that the interpreter of 3.11 raises no audit event for."""
    original = getattr(owner, name)

    def watched(*args: object, **kwargs: object) -> object:
        watch.blame(what)
        return original(*args, **kwargs)

    setattr(owner, name, watched)


def main() -> None:
    """Import the modules named on the command line and print what was found."""
    root, modules = Path(sys.argv[1]).resolve(), sys.argv[2:]
    sys.path[0] = str(root)
    sys.dont_write_bytecode = True
    watch = _Watch(root)
    _watch_calls(watch, type(os.environ), "__getitem__", "reads the environment")
    _watch_calls(watch, threading.Thread, "start", "starts a thread")
    sys.addaudithook(watch.audit)
    for module in modules:
        importlib.import_module(module)
    sys.stdout.write(json.dumps({"found": sorted(set(watch.found)), "imported": sorted(sys.modules)}))


if __name__ == "__main__":
    main()
