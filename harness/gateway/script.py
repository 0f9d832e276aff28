"""Runs a megaservice file as it is, on our engine or on opea-comps: to see what it builds, or to serve.

    python -m harness.gateway.script                                              our engine
    ENVIRONMENT/bin/python -P harness/gateway/elsewhere.py harness.gateway.script  opea-comps, configured with `"engine": "opea"`

The first line on standard input configures it. The one line that it writes to its parent is `{"seen": ...}` or
`{"ready": true, "urls": ...}`, or `{"wrong": "FILE:LINE: ..."}` where the file is not fit to be run.
"""

import ast
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from harness.flight import Limits
from harness.gateway.hooking import FileError, Workshop, around, line_in, name_in
from harness.gateway.parent import Parent
from harness.gateway.variables import Readings, give, traced_to, watch

LOOPBACK = "localhost,127.0.0.1"


class _Looked(BaseException):
    """The file has shown what it builds; nothing more of it is run. No `except Exception` of its own stops that."""


class Script:
    """One file, one engine, one run of it."""

    def __init__(self, parent: Parent) -> None:
        told = parent.configuration
        self._parent = parent
        self._told = told
        self._file = Path(told["file"])
        self._is_look = bool(told["look"])
        self._service: Any = None
        self._workshop = Workshop(
            self._file,
            Readings(self._file.parent, stand_in=self._is_look),
            {name: (str(host), int(port)) for name, (host, port) in told["nodes"].items()},
            int(told["port"]),
            self._started,
        )

    def run(self) -> None:
        """Run the file to its end, which for one that serves is when the parent lets go."""
        self._prepare()
        threading.Thread(target=self._watch_time, name="limit", daemon=True).start()
        try:
            self._workshop.hook()
            self._run_file()
        except _Looked:
            sys.stderr.flush()
            os._exit(0)  # Whatever threads the file has begun.
        except FileError as wrong:
            self._wrong(wrong.line or self._first_line(), wrong.words)
        except SystemExit as ended:
            if self._service is None:
                self._wrong(
                    line_of(self._file, ended) or self._first_line(),
                    f"ended itself with {ended.code!r} before it served{self._asked_for(0)}",
                )
        except BaseException as error:  # The file's own, whatever it is: Ctrl-C does not reach this session.
            if self._service is not None:
                raise
            traceback.print_exc()
            self._wrong(*self._told_of(error))
        if self._service is None:
            self._wrong(self._built_on(), self._why_not_served())

    def _prepare(self) -> None:
        told = self._told
        give({"NO_PROXY": LOOPBACK, "no_proxy": LOOPBACK, **told["variables"]})
        if told["engine"] == "reference":
            from harness.opea import install
            from harness.opea.telemetry import trace_to

            install()
            if told["packages"]:  # Last, for what only the file needs, such as langchain_core.
                sys.path.append(told["packages"])
            trace_to(told["otlp"], opea_run_id=told["run_id"])
            _declare(told["policies"])
        elif told["otlp"]:
            give(traced_to(told["otlp"]))
        watch(self._workshop.readings)

    def _run_file(self) -> None:
        """As `python FILE ARGUMENTS` would; a file that only defines its service has it made and started."""
        sys.argv = [str(self._file), *self._told["arguments"]]
        sys.path.insert(0, str(self._file.parent))
        module = ModuleType("__main__")
        module.__file__ = str(self._file)
        sys.modules["__main__"] = module
        code = compile(self._file.read_bytes(), str(self._file), "exec")
        exec(code, vars(module))  # noqa: S102 - running the file is what was asked for
        if self._service is None:
            _start_its_service(module, self._workshop.port)

    def _started(self, service: Any, start: Callable[[], None]) -> None:
        """The file wants to serve."""
        seen = self._workshop.seen(service)
        if self._service is not None:
            start()
            return
        self._service = service
        if self._is_look:
            self._parent.tell(ready=True, seen=seen.as_json())
            raise _Looked
        missing = sorted(set(self._told["nodes"]) - {node.name for node in (*seen.nodes, *seen.beside)})
        if missing:
            raise FileError(0, f"did not build {', '.join(missing)} again; it builds another graph each time")
        self._parent.announce(service)
        start()
        if self._told["engine"] == "opea":
            from harness.gateway.opea import flush

            flush()

    def _wrong(self, line: int, words: str) -> None:
        """Tell what is wrong, and end at once, whatever threads the file has begun."""
        self._parent.tell(wrong=f"{self._file}:{line}: {words}")
        sys.stderr.flush()
        os._exit(2)

    def _watch_time(self) -> None:
        """A file that does not come to serve is said to be where it then is."""
        limit_s = float(self._told["limit_s"])
        until_s = time.monotonic() + limit_s
        while time.monotonic() < until_s:
            if self._service is not None:
                return
            time.sleep(0.1)
        frame = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001 - nothing else can tell
        line = line_in(self._file, frame) or self._first_line()
        self._wrong(line, f"has not come to serve after {limit_s:g} s; this is where it was")

    def _told_of(self, error: BaseException) -> tuple[int, str]:
        """The line that an error came from, and what it is."""
        line = line_of(self._file, error) or self._first_line()
        asked = self._asked_for(line)
        if isinstance(error, KeyError) and asked:
            return line, asked.removeprefix("; it ")
        words = f"{type(error).__name__}: {error}".removesuffix(": ")
        if isinstance(error, SyntaxError):
            words = f"{type(error).__name__}: {error.msg}"
        if isinstance(error, ModuleNotFoundError) and not str(error.name).startswith("comps"):
            words += f"; it has to be installed for {sys.executable}"
            if self._told["engine"] == "reference" and not self._told["packages"]:
                words += ", or `opea-harness setup opea` be run, whose packages a megaservice file may use"
        return line, words + asked

    def _asked_for(self, line: int) -> str:
        """The variables that are read on this line (0: on any) and have neither value nor default."""
        readings = self._workshop.readings.by_name.values()
        lacking = [
            each.name
            for each in readings
            if each.value is None and each.default is None and line in (0, each.line)
        ]
        if not lacking:
            return ""
        kind = "variables" if len(lacking) > 1 else "variable"
        return f"; it needs the environment {kind} {', '.join(lacking)}"

    def _built_on(self) -> int:
        orchestrators = self._workshop.orchestrators
        return orchestrators[0][1] if orchestrators else self._first_line()

    def _why_not_served(self) -> str:
        if not self._workshop.orchestrators:
            return "builds no ServiceOrchestrator and starts no MicroService; a megaservice does both"
        return "builds a ServiceOrchestrator and never starts a MicroService that would serve it"

    def _first_line(self) -> int:
        """Where the file imports `comps`, for what has no better place; 1 where it does not."""
        try:
            tree = ast.parse(self._file.read_bytes())
        except (SyntaxError, ValueError, OSError):
            return 1
        imports = [each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom | ast.Import)]
        return min((each.lineno for each in imports if "comps" in ast.unparse(each)), default=1)


def _declare(policies: Mapping[str, Any]) -> None:
    """Let our engine treat each node as its scenario declares, which no file can say."""
    from harness.opea import Policy, ServiceOrchestrator
    from harness.opea.policy import POLICY

    declared = {
        name: Policy(limits=Limits(**each["limits"]), comp=each["comp"]) for name, each in policies.items()
    }

    def add(original: Any, orchestrator: Any, service: Any, policy: Any = None) -> Any:
        return original(orchestrator, service, policy or declared.get(name_in(service.name), POLICY))

    around(ServiceOrchestrator, "add", add)


def line_of(file: Path, error: BaseException) -> int:
    """The last line of the file that the error passed through; 0 if it passed through none."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return error.lineno or 0
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(file):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _start_its_service(module: ModuleType, port: int) -> None:
    """Make and start the one service class of a file that leaves that to its importer."""
    classes = [
        each
        for each in vars(module).values()
        if isinstance(each, type) and each.__module__ == "__main__" and callable(getattr(each, "start", None))
    ]
    if len(classes) != 1:
        return
    made: Any = classes[0](port=port)
    add = getattr(made, "add_remote_service", None)
    if add is not None:
        add()
    made.start()


def main() -> int:
    """Run the file that the parent names; gives the exit code."""
    Script(Parent()).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
