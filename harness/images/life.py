"""The life of an image's container: it is examined while it runs, told to end, started again, and told to end while it is at work."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from harness.comp import Comp
from harness.containers.alive import while_alive
from harness.containers.container import Container, Death
from harness.contract.check import UNANSWERED
from harness.contract.kind import Kind
from harness.errors import StackError
from harness.images.boot import BOOT, is_ready
from harness.images.examination import Finding, Target, examine, noted
from harness.images.stopping import IDLE, IN_FLIGHT, LEFTOVERS, Stopping
from harness.machine import command_line
from harness.progress import Progress
from harness.verdict import Verdict, holds, unknown, violated

ALIVE = Kind(
    "alive",
    "L1",
    "it goes on running while it is examined",
    "A service that falls over one request takes those of everybody else with it, and a restart policy hides it: `docker ps` says "
    "`Up 2 seconds`, for days.",
    "docker inspect --format '{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}} {{.RestartCount}}' CONTAINER",
    "The last lines of the log, which the failure shows, say what it fell over; with `OOMKilled`, give it more memory or less to do.",
)
KINDS = (ALIVE,)
STOPS = (LEFTOVERS, IDLE, IN_FLIGHT)
WORDS_OF_THE_SILENT = 10


@dataclass(frozen=True, slots=True)
class Life:
    """A container that was started, what it is to be, on which port inside, and where what is found goes."""

    target: Target
    port: int
    container: Container
    findings: list[Finding]
    progress: Progress

    async def examined(self, comps: Mapping[str, Comp]) -> None:
        """Everything that can be asked of it while it runs, and how it ended, where it did before that."""
        began = len(self.findings)
        try:
            death = self.container.death() or await self._asked(comps)
        except StackError as error:
            death = self.container.death()
            if death is None:
                self._note(BOOT, self._silent(error))
                return
        if death is None:
            self._note(ALIVE, holds(self._id(ALIVE), self.target.comp.id, expected=ALIVE.says))
        elif self.is_booted():
            last = last_asked(self.findings)
            dead = self._dead(ALIVE, death, f", after {last}")
            self._note(ALIVE, replace(dead, repeat=again(self.target, last)))
        else:
            del self.findings[began:]
            self._note(BOOT, self._dead(BOOT, death, " before it was ready"))

    def is_booted(self) -> bool:
        """Whether it said that it is ready."""
        return any(each.kind == BOOT.name and each.verdict.verdict == "holds" for each in self.findings)

    async def stopped(self) -> None:
        """The checks of its end, as far as they are wanted; it is started again in between."""
        if not any(self.target.wants(kind.level, self._id(kind)) for kind in STOPS):
            return
        if self.container.death() is not None:
            for kind in STOPS:
                self._note(kind, self._unproven(kind, "it had ended by itself before it was told to"))
            return
        stopping = Stopping(self.container, self.target.comp, self.port)
        self.progress.begin("stop", len(STOPS))
        self._step(LEFTOVERS, await stopping.leftovers())
        self._step(IDLE, await stopping.idle())
        if await self._began_again():
            self._step(IN_FLIGHT, await stopping.in_flight())
        else:
            why = "it was not ready again after it had been stopped once"
            self._step(IN_FLIGHT, self._unproven(IN_FLIGHT, why))
        self.progress.end()

    async def _asked(self, comps: Mapping[str, Comp]) -> Death | None:
        target = replace(self.target, url=self.container.url(self.port))
        process = self.container.process()
        work = examine(target, comps, self.findings, self.progress, process)
        outcome = await while_alive(self.container, work)
        return outcome or self.container.death()

    async def _began_again(self) -> bool:
        """Start it anew; gives whether it said in time that it is ready."""
        self.container.begin_again(0)
        work = is_ready(self.container.url(self.port), self.target.comp, self.target.boot_limit_s)
        return await while_alive(self.container, work) is True

    def _id(self, kind: Kind) -> str:
        return f"{self.target.comp.id}.{kind.name}"

    def _note(self, kind: Kind, verdict: Verdict) -> Finding:
        """Keep a verdict that was asked for, or that is bad news, with how to come to it again; gives what is to be told of it."""
        if verdict.verdict == "violated":
            repeat = verdict.repeat or again(self.target, verdict.id)
            verdict = replace(verdict, repeat=repeat, seed=self.target.seed)
        finding = noted(self.target.comp, kind, verdict)
        if finding.verdict.verdict == "violated" or self.target.wants(kind.level, verdict.id):
            self.findings.append(finding)
        return finding

    def _step(self, kind: Kind, verdict: Verdict) -> None:
        told = self._note(kind, verdict).verdict
        self.progress.step(told.id, failed=told.verdict == "violated")

    def _unproven(self, kind: Kind, why: str) -> Verdict:
        return unknown(self._id(kind), self.target.comp.id, why)

    def _dead(self, kind: Kind, death: Death, when: str) -> Verdict:
        words = "\n".join(death.words) or "its log is empty"
        why = f"it {death.says}{when}"
        return violated(self._id(kind), self.target.comp.id, why, expected=kind.says, actual=words)

    def _silent(self, error: StackError) -> Verdict:
        words = "\n".join(self.container.last_words(WORDS_OF_THE_SILENT)) or "its log is empty"
        why = f"it runs, and nobody answers on its port {self.port}: {error}"
        return violated(self._id(BOOT), self.target.comp.id, why, expected=BOOT.says, actual=words)


def again(target: Target, check: str) -> str:
    """The command that comes to the verdict of this check again, for what no request alone can show."""
    words = ("opea-harness", "validate", target.shown, "--comp", target.comp.id, "--seed", str(target.seed))
    return command_line((*words, *target.options, "--check", check))


def last_asked(findings: list[Finding]) -> str:
    """The check after which it was gone; of those that met with nobody after that nothing is kept."""
    while len(findings) > 1 and _is_unanswered(findings[-1]) and _is_unanswered(findings[-2]):
        findings.pop()
    return findings[-1].verdict.id


def _is_unanswered(finding: Finding) -> bool:
    return finding.verdict.verdict == "unknown" or finding.verdict.why.startswith(UNANSWERED)
