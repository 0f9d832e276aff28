"""One thing that is verified: its id, how to find out, and the verdict that comes of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from harness.contract.curl import Asked
from harness.contract.kind import Kind
from harness.contract.talk import Talk
from harness.flight import ClientError
from harness.verdict import Verdict, holds, not_applicable, unknown, violated

UNANSWERED = "no whole answer came"
UNREACHED = frozenset({"refused", "dns", "connect_timeout"})


@dataclass(frozen=True, slots=True)
class Broken:
    """What a check found wrong; `expected` and `actual` may stand for themselves.

    `asked` is the request that shows it, where that is not the last one that was sent; `repeat` is shell, where no single one does.
    """

    why: str
    expected: str = ""
    actual: str = ""
    asked: Asked | None = None
    repeat: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Why a check makes no sense here, or that what it found is known of the real comp."""

    why: str


@dataclass(frozen=True, slots=True)
class Noted:
    """What a check passed over, because it is no fault of the comp; it holds nevertheless."""

    why: str


Finding = Broken | Skipped | Noted | None


@dataclass(frozen=True, slots=True)
class Check:
    """`find(talk)` gives what is wrong, why there is nothing to find, or None where all is well.

    `id` is `<comp>.<endpoint>.<kind>.<name>`, lower case and file-name safe.
    """

    id: str
    kind: Kind
    says: str
    find: Callable[[Talk], Awaitable[Finding]]

    async def judge(self, talk: Talk) -> Verdict:
        """The verdict; a server that cannot be reached leaves it unknown, one that breaks off has violated it."""
        alone = replace(talk, last=[])
        subject = talk.comp.id
        try:
            finding = await self.find(alone)
        except ClientError as error:
            if error.kind in UNREACHED:
                return unknown(self.id, subject, f"{talk.url} cannot be reached: {error}")
            finding = Broken(f"{UNANSWERED}: {error}")
        if isinstance(finding, Skipped):
            return not_applicable(self.id, subject, finding.why)
        if finding is None or isinstance(finding, Noted):
            return holds(self.id, subject, finding.why if finding else "", expected=self.says)
        expected = finding.expected or self.says
        found = violated(self.id, subject, finding.why, expected=expected, actual=finding.actual)
        asked = finding.asked or next(iter(alone.last), None)
        repeat = finding.repeat or (asked.curl if asked else "")
        return replace(found, repeat=repeat, seed=talk.seed)


def unwell(talk: Talk, asked: Asked | None = None) -> Broken:
    """What is wrong with a server that does not say that it is well, after the request that was `asked`."""
    why = f"{talk.comp.ready}: does not answer 200 afterwards"
    return Broken(why, actual="the server is not well", asked=asked)


def check_id(*parts: str) -> str:
    """The parts as one id: lower case, and nothing that a file's name could not hold."""
    safe = "abcdefghijklmnopqrstuvwxyz0123456789-_."
    return ".".join("".join(c if c in safe else "-" for c in part.lower()) for part in parts)
