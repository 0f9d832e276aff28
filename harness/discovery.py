"""Finds comps, scenarios and faults: from other packages' entry points, from `--path` folders, and from the bundled ones.

Nothing is registered: a file in the right folder that defines the right constant is found. A file that lacks its
constant, or an id that two files claim, is an error that names the files.
"""

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar

from harness.comp import Comp
from harness.errors import ContractError, HarnessError, ScenarioError, UsageError
from harness.fault import Fault
from harness.neighbours import NEIGHBOURS, check_neighbours
from harness.scenario import Scenario

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Kind(Generic[Found]):
    """What is looked for: the bundled package, the constant its files define, the type of its items, their id.

    `wrong` says what makes no sense about an item from outside; those that are bundled have tests for it.
    """

    package: str
    constant: str
    item: type[Found]
    id: Callable[[Found], str]
    error: type[HarnessError]
    wrong: Callable[[Found], str | None] = lambda _found: None

    @property
    def group(self) -> str:
        """The entry point group, `opea_harness.comps`."""
        return f"opea_harness.{self.constant.lower()}"

    @property
    def folders(self) -> tuple[str, ...]:
        """What its folder under one of `--path` may be called: as the constant, or as the bundled one."""
        return tuple(dict.fromkeys((self.constant.lower(), self.package.rpartition(".")[2])))


def _nonsense(comp: Comp) -> str | None:
    from harness.sense import nonsense

    return nonsense(comp)


COMP: Kind[Comp] = Kind("mocks", "COMPS", Comp, lambda comp: comp.id, ContractError, _nonsense)
SCENARIO: Kind[Scenario] = Kind("scenarios", "SCENARIOS", Scenario, lambda each: each.name, ScenarioError)
FAULT: Kind[Fault] = Kind("harness.faults", "FAULTS", Fault, lambda fault: fault.name, UsageError)


def discover(kind: Kind[Found], folders: tuple[Path, ...] = ()) -> Mapping[str, Found]:
    """Everything of that kind by id, sorted by id.

    Raises the kind's error for a file without its constant, a wrong item, one that makes no sense, or an id found twice.
    """
    found: dict[str, Found] = {}
    origin: dict[str, str] = {}
    for module in _modules(kind, folders):
        where = module.__file__ or module.__name__
        for item in _items(kind, module, where):
            name = kind.id(item)
            wrong = None if module.__name__.startswith(f"{kind.package}.") else kind.wrong(item)
            if wrong is not None:
                raise kind.error(f"{where}: {wrong}")
            if name in found and origin[name] != where:
                raise kind.error(f"{name}: defined twice, in {origin[name]} and in {where}; ids must differ")
            found[name], origin[name] = item, where
    return dict(sorted(found.items()))


def _items(kind: Kind[Found], module: ModuleType, where: str) -> tuple[Found, ...]:
    items = getattr(module, kind.constant, None)
    if items is None:
        raise kind.error(
            f"{where}: defines no {kind.constant}; a file there defines a tuple of {kind.item.__name__}"
        )
    if not isinstance(items, Iterable):
        raise kind.error(f"{where}: {kind.constant} is {items!r}, no tuple of {kind.item.__name__}")
    for item in items:
        if not isinstance(item, kind.item):
            raise kind.error(
                f"{where}: {kind.constant} holds {item!r}, which is no {kind.item.__name__}; it is a tuple of them"
            )
    return tuple(items)


def _modules(kind: Kind[Any], folders: tuple[Path, ...]) -> Iterator[ModuleType]:
    for point in sorted(entry_points(group=kind.group)):
        yield _entered(kind, point)
    for folder in folders:
        yield from _folder_modules(kind, folder)
    if kind.package in NEIGHBOURS:
        check_neighbours((kind.package,))
    package = importlib.import_module(kind.package)
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
        if not info.name.startswith(("_", "test_")):
            yield importlib.import_module(f"{kind.package}.{info.name}")


def _entered(kind: Kind[Any], point: EntryPoint) -> ModuleType:
    """The module that another package's entry point names."""
    whose = f"the entry point {point.name} = {point.value} of {kind.group}"
    try:
        module = point.load()
    except (Exception, SystemExit) as error:
        raise kind.error(f"{whose} cannot be loaded: {type(error).__name__}: {error}") from error
    if not isinstance(module, ModuleType):
        raise kind.error(f"{whose} is {module!r}; it names a module that defines {kind.constant}")
    return module


def _folder_modules(kind: Kind[Any], folder: Path) -> Iterator[ModuleType]:
    """The files of `folder/<comps or mocks, scenarios, faults>` where that exists, else those of the folder that define the constant.

    Raises the kind's error for a file that defines none of the three.
    """
    if not folder.is_dir():
        raise kind.error(f"{folder}: is no folder; --path takes one that holds comps, scenarios or faults")
    own = [folder / name for name in kind.folders if (folder / name).is_dir()]
    for path in sorted(path for place in own or [folder] for path in place.glob("*.py")):
        if path.name.startswith(("_", "test_")):
            continue
        module = _load(kind, path)
        if own or hasattr(module, kind.constant):
            yield module
        elif not any(hasattr(module, each.constant) for each in (COMP, SCENARIO, FAULT)):
            raise kind.error(
                f"{path}: defines none of COMPS, SCENARIOS and FAULTS; a file there defines one of them, "
                "or its name begins with an underscore"
            )


def _load(kind: Kind[Any], path: Path) -> ModuleType:
    name = f"opea_harness_path_{abs(hash(path.resolve()))}_{path.stem}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise kind.error(f"{path}: cannot be loaded as Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        words = str(error) if isinstance(error, HarnessError) else f"{type(error).__name__}: {error}"
        raise kind.error(f"{path}:{_line_in(path, error)}: {words}") from error
    return module


def _line_in(path: Path, error: BaseException) -> int:
    """The last line of that file that the error passed through."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    line, trace, file = 0, error.__traceback__, str(path.absolute())
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
