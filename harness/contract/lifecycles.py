"""What a comp remembers, held against a model of it: Hypothesis draws what is made, read and removed, in what order."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from typing import Any
from uuid import uuid4

from harness.comp import Comp, Deviation, Endpoint, Example, Lifecycle, Upload
from harness.contract.check import UNANSWERED, UNREACHED, Broken, Check, Finding, Skipped, check_id
from harness.contract.curl import Asked
from harness.contract.falsify import Limits, falsify, require_hypothesis
from harness.contract.kind import Kind
from harness.contract.promises import as_known, known
from harness.contract.talk import Answer, Talk
from harness.flight import ClientError

STEPS_MAX = 8
HISTORIES_MAX = 8
CROWD = ("make at once", 8)  # A store that counts its ids itself may give one twice.

LIFECYCLE = Kind(
    "lifecycle",
    "L10",
    "what was made can be read until it is removed, and nothing else changes",
    "A store that mixes two users' chats, forgets one when another goes, or keeps what was deleted passes every check that asks "
    "one thing at a time.",
    """ID=$(curl -sS "$URL/v1/chathistory/create" -H 'content-type: application/json' \\
  -d '{"data": {"messages": "hello", "user": "me"}}' | jq -r .)
for STEP in get delete get; do
  curl -sS -i "$URL/v1/chathistory/$STEP" -H 'content-type: application/json' -d "{\\"user\\": \\"me\\", \\"id\\": \\"$ID\\"}"
done""",
    "Keep nothing in the process that the store keeps; use the store's own ids, and let a delete that found nothing say so.",
)
KINDS = (LIFECYCLE,)

Step = tuple[str, int]

SURELY: tuple[list[Step], ...] = (
    [("make", 0), ("read", 0)],
    [("make", 0), ("make", 0), ("read", 0), ("read", 1)],
    [("make", 0), ("make", 0), ("remove", 0), ("read", 0), ("read", 1)],
)  # The histories that everybody has; others are drawn.


def lifecycles(comp: Comp) -> Iterator[Check]:
    """One check for each thing that a comp remembers."""
    for each in comp.lifecycles:
        says = f"{each.id}: {LIFECYCLE.says}"
        yield Check(check_id(comp.id, LIFECYCLE.name, each.id), LIFECYCLE, says, partial(_find, each))


async def _find(lifecycle: Lifecycle, talk: Talk) -> Finding:
    require_hypothesis()
    from hypothesis import strategies

    if lifecycle.maker and lifecycle.maker not in talk.others:
        return Skipped(f"{lifecycle.maker}, which makes what is read here, does not run with it")
    names = ("make", "read", "remove") if lifecycle.remove else ("make", "read")
    step = strategies.tuples(strategies.sampled_from(names), strategies.integers(0, STEPS_MAX))
    histories = strategies.lists(step, min_size=1, max_size=STEPS_MAX)

    met: list[Deviation] = []

    async def probe(steps: list[Step]) -> Broken | None:
        return await Story(lifecycle, talk, met).told(steps)

    limits = Limits(talk.seed, HISTORIES_MAX)
    surely = [steps for steps in SURELY if all(name in names for name, _ in steps)]
    surely += [[CROWD]] if lifecycle.pick != "$text" else []
    return (await falsify(histories, probe, limits, surely)).broken or as_known(met)


@dataclass(slots=True)
class Story:
    """One history of a store, and the model beside it: the texts that live and those that were removed, by id.

    `met` gets what happened that is known of the real comp.
    """

    lifecycle: Lifecycle
    talk: Talk
    met: list[Deviation]
    texts: Mapping[str, str] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    # The shell that tells the story again, what in it makes, and its variables by the ids that they stand for.
    _lines: list[str] = field(default_factory=list)
    _makings: list[str] = field(default_factory=list)
    _named: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)
    # Another's texts are not to be taken for ours.
    _name: str = field(default_factory=lambda: uuid4().hex[:8])

    async def told(self, steps: list[Step]) -> Broken | None:
        """Take the steps one after the other, look at everything again, and leave nothing behind."""
        done: list[str] = []
        try:
            found = await self._judged(steps, done)
            return found and self._ended(found, done)
        finally:
            for name in set(self.texts) - self.removed if self.lifecycle.remove else ():
                await self._remove(name)

    async def _judged(self, steps: list[Step], done: list[str]) -> Broken | None:
        try:
            return await self._told(steps, done)
        except ClientError as error:
            if error.kind in UNREACHED:
                raise
            return Broken(f"{UNANSWERED}: {error}")

    async def _told(self, steps: list[Step], done: list[str]) -> Broken | None:
        for name, place in steps:
            done.append(name)
            found = await self._take(name, place)
            if found:
                return found
        done.append("reading everything")
        for name in self.texts:
            found = await self._read(name)
            if found:
                return found
        return None

    def _ended(self, found: Broken, done: list[str]) -> Broken:
        lines, made = self._lines, range(len(self._makings))
        if lines and lines[-1].startswith("ID"):
            lines = [*lines, f"echo {' '.join(f'$ID{number}' for number in made)}"]
        if done[0] == CROWD[0] and lines:
            last = f"for ID in $IDS; do {lines[-1]}; done"
            lines = [lines[0], "echo $IDS", *([last] if len(self._lines) > 1 else [])]
        return replace(found, why=f"after {', '.join(done)}: {found.why}", repeat="\n".join(lines))

    async def _take(self, name: str, place: int) -> Broken | None:
        if name == "make":
            return await self._make()
        if name == CROWD[0]:
            return await self._make_at_once(place)
        if not self.texts:
            return None
        chosen = list(self.texts)[place % len(self.texts)]
        if name == "read":
            return await self._read(chosen)
        return None if chosen in self.removed else await self._remove(chosen)

    async def _make(self) -> Broken | None:
        text = f"note {next(self._numbers)} of {self._name}"
        answer = await self._put(self.lifecycle.make, "", text)
        if answer.status != 200:
            return _wrong(answer, f"making gives {answer.status}, 200 was promised")
        name = text if self.lifecycle.pick == "$text" else _picked(answer.json, self.lifecycle.pick)
        if not isinstance(name, str) or not name:
            return _wrong(answer, "making gives no id")
        if name in self.texts:
            return _wrong(answer, f"making gives the id {name!r} a second time")
        self.texts = {**self.texts, name: text}
        return None

    async def _make_at_once(self, many: int) -> Broken | None:
        found = await asyncio.gather(*(self._make() for _ in range(many)))
        self._lines[:] = [f"IDS=$( ({' & '.join(self._makings)} & wait) )"] if self._makings else []
        self._named = dict.fromkeys(self._named, "ID")
        return next(filter(None, found), None)

    async def _read(self, name: str) -> Broken | None:
        answer = await self._put(self.lifecycle.read, name)
        body = answer.body.decode("utf-8", "replace")
        is_shown = self.texts[name] in body
        if name in self.removed:
            return None if self._is_known(answer) else self._not_gone(answer, is_shown=is_shown)
        if answer.status != 200 or not is_shown:
            return _wrong(answer, "what was made cannot be read")
        if self.lifecycle.gone_says and self.lifecycle.gone_says in body:
            return _wrong(answer, "what was made is shown as removed")
        others = [text for text in self.texts.values() if text != self.texts[name] and text in body]
        if self.lifecycle.alone and others:
            return _wrong(answer, "what was made beside is shown with it")
        return None

    def _not_gone(self, answer: Answer, *, is_shown: bool) -> Broken | None:
        """What is wrong with how that is read which was removed."""
        gone, says = self.lifecycle.gone, self.lifecycle.gone_says
        if says:
            is_told = answer.status == 200 and says in answer.body.decode("utf-8", "replace")
            return None if is_told else _wrong(answer, f"{says} was promised of what was removed")
        if answer.status == gone and not is_shown:
            return None
        return _wrong(
            answer, "what was removed can be read" if is_shown else f"{gone} was promised of what was removed"
        )

    async def _remove(self, name: str) -> Broken | None:
        assert self.lifecycle.remove is not None
        answer = await self._put(self.lifecycle.remove, name)
        self.removed.add(name)
        if answer.status == 200:
            return None
        return _wrong(answer, f"removing gives {answer.status}, 200 was promised")

    def _is_known(self, answer: Answer) -> bool:
        key, example = self.lifecycle.read
        deviation = known(_endpoint(self.talk, key), example.request, answer)
        self.met += [deviation] if deviation else []
        return deviation is not None

    async def _put(self, what: tuple[str, Example], name: str, text: str = "") -> Answer:
        is_foreign = self.lifecycle.maker and what is not self.lifecycle.read
        talk = self.talk.others[self.lifecycle.maker] if is_foreign else self.talk
        values = {"$text": text or self.texts[name], "$id": name}
        try:
            answer = await talk.put(_endpoint(talk, what[0]), filled(what[1], values))
        except ClientError:
            self._lines += [each.line(named=self._named) for each in talk.last if each]
            raise
        if answer.asked:
            self._lines.append(self._line(answer.asked, answer if what is self.lifecycle.make else None))
        return answer

    def _line(self, asked: Asked, made: Answer | None) -> str:
        """The line that asks the same; the id that comes of making is kept in a variable, for it will be another one."""
        pick = self.lifecycle.pick
        name = _picked(made.json, pick) if made and pick != "$text" else None
        if not isinstance(name, str) or not name:
            return asked.line(named=self._named)
        self._makings.append(f"{asked.line(options=(), named=self._named)} | jq -r .{pick}")
        self._named[name] = f"ID{len(self._makings) - 1}"
        return f"{self._named[name]}=$({self._makings[-1]})"


def _endpoint(talk: Talk, key: str) -> Endpoint:
    return next(each for each in talk.comp.endpoints if each.key == key)


def filled(example: Example, values: Mapping[str, str]) -> Example:
    """The example with its names replaced, wherever they stand in it."""
    files = {
        field_: replace(
            each, name=_said(each.name, values), content=_said(each.content.decode(), values).encode()
        )
        for field_, each in example.files.items()
        if isinstance(each, Upload)
    }
    path = {key: _said(value, values) for key, value in example.path.items()}
    return replace(example, request=_within(example.request, values), files=files, path=path)


def _within(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _within(each, values) for name, each in value.items()}
    if isinstance(value, list):
        return [_within(each, values) for each in value]
    return _said(value, values) if isinstance(value, str) else value


def _said(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def _picked(value: Any, pick: str) -> Any:
    return value if not pick else value.get(pick) if isinstance(value, dict) else None


def _wrong(answer: Answer, why: str) -> Broken:
    return Broken(why, LIFECYCLE.says, answer.shown, answer.asked)
