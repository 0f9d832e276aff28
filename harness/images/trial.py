"""The trial of an image: its configuration, then a container of it on a private network, examined like any other address, then stopped."""

from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from harness.comp import Comp
from harness.containers.container import Wanted, running
from harness.containers.engine import Engine, connect
from harness.containers.leftovers import sweep
from harness.containers.network import private_network
from harness.errors import StackError
from harness.images.boot import ANSWERS, BOOT
from harness.images.configuration import JUDGES, ImageFacts, read
from harness.images.examination import Finding, Target, chosen, noted
from harness.images.life import ALIVE, STOPS, Life
from harness.images.surroundings import around, needed
from harness.progress import Progress

BEFORE = ("L0",)


@dataclass(frozen=True, slots=True)
class Trial:
    """What image is tried as what, on which port inside, with which variables; logs go to `folder`."""

    target: Target
    port: int
    environment: Mapping[str, str]
    folder: Path
    folders: tuple[Path, ...] = ()

    @property
    def starts(self) -> bool:
        """Whether anything is asked for that a container has to answer."""
        levels = self.target.levels
        return not levels or any(level not in BEFORE for level in levels)


async def tried(
    trial: Trial, comps: Mapping[str, Comp], findings: list[Finding], progress: Progress
) -> ImageFacts:
    """Fill `findings` and give the image's facts; whatever happens, nothing of it is left on the engine.

    Raises StackError where there is no engine or no such image, UsageError where it is another comp.
    """
    chosen(trial.target)
    names = needed(trial.environment, comps)
    with _engine(trial.target) as engine:
        sweep(engine)
        facts = read(trial.target.image, engine.inspected(trial.target.image))
        findings += _configured(trial, facts)
        if not trial.starts:
            return facts
        async with AsyncExitStack() as stack:
            network = stack.enter_context(private_network(engine))
            environment = await stack.enter_async_context(
                around(trial.environment, names, network, trial.folder, trial.folders)
            )
            wanted = Wanted("container", trial.target.image, environment, (trial.port,), network)
            container = stack.enter_context(running(engine, wanted, trial.folder))
            life = Life(trial.target, trial.port, container, findings, progress)
            await life.examined(comps)
            if life.is_booted():
                await life.stopped()
    return facts


def foreseen(target: Target) -> list[str]:
    """The ids of the verdicts that a trial comes to, if nothing ends it before."""
    kinds = (*(judge.kind for judge in JUDGES), BOOT, ANSWERS, ALIVE, *STOPS)
    around_it = [(kind.level, f"{target.comp.id}.{kind.name}") for kind in kinds]
    wanted = [id_ for level, id_ in around_it if id_.endswith(f".{BOOT.name}") or target.wants(level, id_)]
    return [*wanted, *(check.id for check in chosen(target))]


@contextmanager
def _engine(target: Target) -> Iterator[Engine]:
    """The engine; where there is none, it is said what can be done without."""
    try:
        engine = connect()
    except StackError as error:
        raise StackError(
            f"{target.image}: is no URL, and cannot be started as an image: {error}; "
            f"or start it elsewhere and give its address: opea-harness validate http://127.0.0.1:PORT --comp {target.comp.id}"
        ) from None
    with closing(engine):
        yield engine


def _configured(trial: Trial, facts: ImageFacts) -> list[Finding]:
    """What is wanted of its configuration."""
    target = trial.target
    found = [(judge.kind, judge.verdict(facts, target.comp, trial.port)) for judge in JUDGES]
    wanted = [(kind, each) for kind, each in found if target.wants(kind.level, each.id)]
    return [noted(target.comp, kind, replace(each, seed=target.seed)) for kind, each in wanted]
