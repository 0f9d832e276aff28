"""One examination of a comp at an address: it is awaited, recognised, and asked every check; the outcome is plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.client import Client
from harness.comp import Comp
from harness.contract.check import Check
from harness.contract.kind import LEVELS, Kind, Level
from harness.contract.talk import Process, Talk
from harness.contract.verifier import checks
from harness.errors import UsageError
from harness.images.boot import ANSWERS, BOOT, answered, booted, brief
from harness.images.configuration import KNOWN, ImageFacts
from harness.images.identity import require_comp, require_ready_route, says_what_it_is
from harness.progress import Progress
from harness.verdict import (
    EXIT_INTERRUPTED,
    EXIT_NOTHING_RAN,
    Verdict,
    Word,
    counts,
    exit_code,
    not_applicable,
    overall,
)

SCHEMA = "opea-harness/validation/1"


@dataclass(frozen=True, slots=True)
class Target:
    """What is examined and how: `wanted` are parts of ids that are wanted (none: all), `levels` those of the checks.

    `options` are what else the command line says of an image.
    """

    url: str
    comp: Comp
    seed: int = 0
    drawn_max: int = 20
    boot_limit_s: float = 10.0
    levels: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    image: str = ""
    options: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The image, or else the address."""
        return self.image or self.url

    def wants(self, level: Level, id_: str) -> bool:
        """Whether a check of this level and id was asked for."""
        return (not self.levels or level in self.levels) and (
            not self.wanted or any(part in id_ for part in self.wanted)
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with the level and the kind of its check."""

    level: Level
    kind: str
    verdict: Verdict


def noted(comp: Comp, kind: Kind, verdict: Verdict) -> Finding:
    """A finding about an image; what the comp's real one is known to fail is told with its reason, and not as green."""
    reason = comp.known_of_image.get(kind.name)
    if reason and verdict.verdict == "violated":
        told = f"{KNOWN} {kind.name}: {reason}; {verdict.why}"
        return Finding(kind.level, kind.name, not_applicable(verdict.id, verdict.subject, told))
    return Finding(kind.level, kind.name, verdict)


@dataclass(frozen=True, slots=True)
class Examination:
    """What came of an examination; `ended` is `complete` or `interrupted`; `image` are the facts of an image, where it is one."""

    target: Target
    findings: Sequence[Finding] = field(default_factory=list)
    ended: str = "complete"
    image: ImageFacts | None = None

    @property
    def verdicts(self) -> list[Verdict]:
        """All verdicts, in the order in which they were found."""
        return [each.verdict for each in self.findings]

    @property
    def verdict(self) -> Word:
        """The word for all together; that it is ready proves nothing but that."""
        return overall(self.verdicts) if self.has_run else "unknown"

    @property
    def exit_code(self) -> int:
        """What the command ends with."""
        if self.ended == "interrupted":
            return EXIT_INTERRUPTED
        return exit_code(self.verdicts) if self.has_run else EXIT_NOTHING_RAN

    @property
    def has_run(self) -> bool:
        """Whether anything was asked but whether it is ready."""
        asked = any(each.kind != BOOT.name or each.verdict.verdict != "holds" for each in self.findings)
        return asked or self.target.levels == (BOOT.level,)

    def levels(self) -> dict[Level, Mapping[Word, int]]:
        """How many verdicts of each word every level has that was looked at."""
        seen = [level for level in LEVELS if any(each.level == level for each in self.findings)]
        return {
            level: counts(each.verdict for each in self.findings if each.level == level) for level in seen
        }


def chosen(target: Target) -> list[Check]:
    """The checks that are wanted; raises UsageError for a level that there is none of."""
    for level in target.levels:
        if level not in LEVELS:
            raise UsageError(f"--level {level}: there is no such level; levels are {', '.join(LEVELS)}")
    return [check for check in checks(target.comp) if target.wants(check.kind.level, check.id)]


async def recognised(talk: Talk, comps: Mapping[str, Comp], boot: Verdict, *, is_image: bool = False) -> None:
    """Raise UsageError where what answers, ready or not, is another comp, or nothing that could be this one."""
    is_ready, soon = boot.verdict == "holds", brief(talk, 0.0)
    if is_ready or await says_what_it_is(soon):
        await require_comp(talk if is_ready else soon, comps)
    if not (is_ready or is_image):
        await require_ready_route(soon)


async def examine(
    target: Target,
    comps: Mapping[str, Comp],
    findings: list[Finding],
    progress: Progress,
    process: Process | None = None,
) -> None:
    """Fill `findings`, so that what was found before an interruption is kept; `process` is the server's, where it is known.

    Raises StackError where nobody answers, UsageError where another comp does.
    """
    wanted = chosen(target)
    client = Client()
    talk = Talk(
        client, target.url, target.comp, seed=target.seed, drawn_max=target.drawn_max, process=process
    )
    try:
        progress.begin("boot", 1)
        boot = await booted(talk, target.boot_limit_s)
        findings.append(Finding(BOOT.level, BOOT.name, boot))
        progress.step(failed=boot.verdict != "holds")
        progress.end()
        await recognised(talk, comps, boot, is_image=bool(target.image))
        if boot.verdict != "holds":
            return
        if target.image and target.wants(ANSWERS.level, f"{target.comp.id}.{ANSWERS.name}"):
            found = await answered(talk, target.boot_limit_s)
            findings.append(Finding(ANSWERS.level, ANSWERS.name, found))
        progress.begin("contract", len(wanted))
        for check in wanted:
            found = await check.judge(talk)
            findings.append(Finding(check.kind.level, check.kind.name, found))
            progress.step(found.id, failed=found.verdict == "violated")
        progress.end()
    finally:
        await client.close()
