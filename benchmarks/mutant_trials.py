"""Tries mutants on tests: a changed function in a process that has everything loaded already, another change in one that loads all anew.

A test session is collected once, with each function of the module telling when it is entered. One child runs every test and learns which of them
enter which function, and how long each takes. Then each mutant has a child of its own, in which the function's code is exchanged and the tests that
enter it are run, the quickest first, until one fails. What is called while modules are loaded may show only then: where such a change is not noticed
afterwards, and where a change is in no function, it is loaded in place of the module by a session of its own.
"""

import builtins
import ctypes
import gc
import importlib.abc
import importlib.machinery
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from types import CodeType, FunctionType
from typing import Any

import pytest
from mutants import ROOT, SEEN, Key, Mutant, Target, code_of, function_of, instrumented

from harness.errors import UsageError

SLACK_S = 10.0  # What tests may take beyond four times what they take on the good module.
SURVEY_S = 1800.0
WORDS = ("-x", "-q", "-s", "-p", "no:cacheprovider", "--assert=plain", "-p", "pytest_timeout")
OURS = ("harness", "mocks", "scenarios", "tests")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant."""

    mutant: Mutant
    is_killed: bool
    why: str  # "fails", "time", or, where nothing noticed it, "unreached" or "passes".


class Instead(importlib.abc.Loader, importlib.abc.MetaPathFinder):
    """Imports one module as another text."""

    def __init__(self, target: Target, code: CodeType) -> None:
        self._module, self._path, self._code = target.module, ROOT / target.path, code

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        """The spec of that module, and of no other."""
        if name != self._module:
            return None
        is_package = self._path.stem == "__init__"
        spec = importlib.machinery.ModuleSpec(name, self, origin=str(self._path), is_package=is_package)
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [str(self._path.parent)]
        return spec

    def exec_module(self, module: Any) -> None:
        """Run the other text."""
        exec(self._code, module.__dict__)


def in_child(work: Callable[[], Any], limit_s: float) -> Any:
    """What some work returns in a process of its own: JSON; an exception is "fails", and what does not end in time is "time"."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        if sys.platform == "linux":
            # PR_SET_PDEATHSIG: nothing goes on when we are killed.
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        try:
            said = json.dumps(work())
        except BaseException:  # noqa: BLE001 - Whatever a mutant does to its tests, it was noticed.
            said = '"fails"'
        with os.fdopen(write, "wb") as pipe:
            pipe.write(said.encode() + b"\n")
        os._exit(0)
    os.close(write)
    try:
        return _read(read, time.monotonic() + limit_s)
    finally:
        os.close(read)
        os.killpg(child, signal.SIGKILL)  # Also whatever its tests started.
        os.waitpid(child, 0)


def _read(pipe: int, until: float) -> Any:
    """What comes until the pipe ends; the child may be gone without a word."""
    os.set_blocking(pipe, False)
    came = b""
    while time.monotonic() < until:
        try:
            piece = os.read(pipe, 1 << 16)
        except BlockingIOError:
            time.sleep(0.005)
            continue
        came += piece
        if not piece or came.endswith(b"\n"):
            return json.loads(came or b'"fails"')
    return "time"


def loaded_anew(target: Target, code: CodeType | None, plugins: Sequence[object] = ()) -> str:
    """Whether the tests pass in a session that loads everything, the module as that code; for a child."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    for name in [name for name in sys.modules if name.split(".")[0] in OURS]:
        del sys.modules[name]
    if code is not None:
        sys.meta_path.insert(0, Instead(target, code))
    ended = pytest.main([*WORDS, *target.tests], plugins=plugins)
    return "passes" if ended in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) else "fails"


@dataclass(frozen=True, slots=True)
class Quick:
    """A pytest plugin that leaves only those tests, the quickest first."""

    names: Sequence[str]

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Take the others out."""
        places = {name: place for place, name in enumerate(self.names)}
        items[:] = sorted(
            (each for each in items if each.nodeid in places), key=lambda each: places[each.nodeid]
        )


@dataclass(slots=True)
class Session:
    """A pytest plugin that tries mutants in the place of running the tests."""

    target: Target
    chosen: Sequence[Mutant]
    within_s: float
    seen: set[Key] = field(default_factory=set)
    told: dict[str, Any] = field(default_factory=dict)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: Any) -> bool:
        """Learn which test enters what, and try every mutant that can be exchanged."""
        at_import, self.told["outcomes"] = frozenset(self.seen), {}
        survey = in_child(lambda: self._survey(session), SURVEY_S)
        if not isinstance(survey, dict):
            self.told["failing"] = survey
            return True
        work_s = {name: seconds for name, (seconds, *_) in survey.items()}
        taken_s = {name: seconds for name, (_, seconds, _) in survey.items()}
        quick = _quickest(work_s, self.within_s)
        self.told |= {"quick": quick, "limit_s": self._limit_s(quick, taken_s)}
        live = _live(self.target)
        for place, mutant in enumerate(self.chosen):
            key = function_of(self.target, mutant)
            if key is not None and key in live:
                entering = {name: work_s[name] for name, (*_, keys) in survey.items() if list(key) in keys}
                names = _quickest(entering, self.within_s)
                items = sorted(
                    (each for each in session.items if each.nodeid in names),
                    key=lambda each: names.index(each.nodeid),
                )
                work = partial(self._exchanged, session, items, live[key], code_of(self.target, mutant, key))
                limit_s = self._limit_s(names, taken_s)
                why = in_child(work, limit_s) if items else "unreached"
                if why == "fails" or key not in at_import:
                    self.told["outcomes"][place] = why
        return True

    def _limit_s(self, names: Sequence[str], taken_s: Mapping[str, float]) -> float:
        """How long some tests may take by the clock: what they took counts, so that no busy machine kills a mutant."""
        return 4 * max(self.within_s, sum(taken_s[name] for name in names)) + SLACK_S

    def _survey(self, session: Any) -> Any:
        """Of each test the seconds of work, those by the clock, and what it enters; or the name of one that fails."""
        found = {}
        for item in session.items:
            self.seen.clear()
            began, began_s = time.process_time(), time.monotonic()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            took_s = (time.process_time() - began, time.monotonic() - began_s)
            found[item.nodeid] = (*took_s, sorted(self.seen))
            if session.testsfailed:
                return item.nodeid
        return found

    @staticmethod
    def _exchanged(
        session: Any, items: Sequence[Any], functions: Sequence[FunctionType], code: CodeType
    ) -> str:
        for each in functions:
            each.__code__ = code
        for item in items:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if session.testsfailed:
                return "fails"
        return "passes"


def _quickest(taken_s: Mapping[str, float], within_s: float) -> list[str]:
    """The tests that cost so much together, the quickest first."""
    names = sorted(taken_s, key=taken_s.__getitem__)
    sums = accumulate(taken_s[name] for name in names)
    return [name for name, so_far in zip(names, sums, strict=True) if so_far <= within_s]


def _live(target: Target) -> dict[Key, list[FunctionType]]:
    """The module's functions that exist, by key."""
    found: dict[Key, list[FunctionType]] = {}
    for each in gc.get_objects():
        if type(each) is FunctionType and each.__code__.co_filename == str(ROOT / target.path):
            found.setdefault((each.__code__.co_qualname, each.__code__.co_firstlineno), []).append(each)
    return found


def tried(target: Target, chosen: Sequence[Mutant], within_s: float) -> list[Outcome]:
    """What becomes of each mutant; of the tests that enter a function only the quickest are run, which cost so much work together."""

    def session() -> Any:
        trying = Session(target, chosen, within_s)
        setattr(builtins, SEEN, trying.seen.add)
        loaded_anew(target, instrumented(target), [trying])
        return trying.told

    told = in_child(session, 24 * 3600.0)
    if not isinstance(told, dict) or "quick" not in told:
        failing = told.get("failing") if isinstance(told, dict) else told
        raise UsageError(
            f"{target.path}: of its tests {failing} fails on the module as it is; it has to pass first"
        )
    limit_s, quick, found = told["limit_s"] + 3 * SLACK_S, Quick(told["quick"]), []
    for place, mutant in enumerate(chosen):
        why = told["outcomes"].get(str(place))
        if why is None:
            code = compile(mutant.code, str(ROOT / target.path), "exec", dont_inherit=True)
            why = in_child(partial(loaded_anew, target, code, [quick]), limit_s)
        found.append(Outcome(mutant, why in ("fails", "time"), why))
    return found
