"""One history of a store after the other, told by a talk that needs no socket."""

import asyncio
import json
from dataclasses import replace
from itertools import count

import pytest

from harness.comp import Deviation, Refusal
from harness.contract import lifecycles as module
from harness.contract.check import Skipped
from harness.contract.curl import Asked
from harness.contract.falsify import Limits, Search, falsify
from harness.contract.lifecycles import LIFECYCLE, Story, lifecycles
from harness.contract.talk import Answer
from harness.flight import ClientError
from tests.contract.says import Says
from tests.contract.stores import Forgetful, Mixing, Note, Store, comp


class Direct(Says):
    """A talk with a store that needs no socket; `asked` holds what was done, to which id."""

    def __init__(self, served):
        super().__init__(comp=served)

    async def put(self, endpoint, example):
        """The store's answer, which may be a whole one."""
        self.asked.append((endpoint.path.rpartition("/")[2], example.request.get("id", "")))
        try:
            reply = endpoint.answer(Note(**example.request), None)
        except Refusal as refusal:
            return Answer(refusal.status, "application/json", b'{"detail": "no"}')
        return reply if isinstance(reply, Answer) else said(reply)


def said(reply, status=200):
    """An answer with that body."""
    return Answer(status, "application/json", json.dumps(reply).encode())


def told(store, *steps, served=None, **more):
    """What is found wrong in one history, what was asked for it, and what was met that is known."""
    served = served or comp(store, **more)
    talk, met = Direct(served), []
    found = asyncio.run(Story(served.lifecycles[0], talk, met).told(list(steps)))
    return found, talk.asked, met


class Odd(Store):
    """Answers one thing oddly: `odd` makes the whole answer of what a good store would say."""

    def __init__(self, what, odd):
        super().__init__()
        self.what, self.odd = what, odd

    def make(self, note):
        """Odd or not."""
        reply = super().make(note)
        return self.odd(reply) if self.what == "make" else reply

    def read(self, note):
        """Odd or not; of what was removed, too."""
        if self.what == "gone":
            return super().read(note) if note.id in self.notes else self.odd(note.text)
        reply = super().read(note)
        return self.odd(reply) if self.what == "read" else reply

    def remove(self, note):
        """Odd or not."""
        reply = super().remove(note)
        return self.odd(reply) if self.what == "remove" else reply


MAKE, READ, REMOVE = (("make", 0), ("read", 0), ("remove", 0))


@pytest.mark.parametrize(
    ("what", "odd", "steps", "why"),
    [
        ("make", lambda r: said(r, 201), [MAKE], "after make: making gives 201, 200 was promised"),
        ("make", lambda r: said(r, 100), [MAKE], "after make: making gives 100, 200 was promised"),
        ("make", lambda r: {"id": 7}, [MAKE], "after make: making gives no id"),
        ("make", lambda r: {"id": ""}, [MAKE], "after make: making gives no id"),
        ("make", lambda r: ["id"], [MAKE], "after make: making gives no id"),
        ("read", lambda r: said(r, 201), [MAKE, READ], "after make, read: what was made cannot be read"),
        ("read", lambda r: said(r, 100), [MAKE, READ], "after make, read: what was made cannot be read"),
        ("read", lambda r: {}, [MAKE], "after make, reading everything: what was made cannot be read"),
        (
            "remove",
            lambda r: said(r, 201),
            [MAKE, REMOVE],
            "after make, remove: removing gives 201, 200 was promised",
        ),
        (
            "remove",
            lambda r: said(r, 100),
            [MAKE, REMOVE],
            "after make, remove: removing gives 100, 200 was promised",
        ),
        (
            "gone",
            lambda r: said({}, 410),
            [MAKE, REMOVE, READ],
            "after make, remove, read: 404 was promised of what was removed",
        ),
        (
            "gone",
            lambda r: said({}, 100),
            [MAKE, REMOVE],
            "after make, remove, reading everything: 404 was promised of what was removed",
        ),
    ],
)
def test_each_answer_is_judged_by_status_and_content(what, odd, steps, why):
    """The history until then comes first."""
    found, *_ = told(Odd(what, odd), *steps)

    assert found.why == why
    assert found.expected == LIFECYCLE.says


def test_what_is_wrong_shows_the_answer():
    """Its status and its body."""

    assert told(Odd("make", lambda r: said({}, 500)), MAKE)[0].actual == "500 {}"


def test_what_was_removed_may_not_be_shown_whatever_the_status():
    """A 404 that holds the text is none."""
    store = Store()
    store.read = lambda note: said({"text": store.kept[note.id]}, 200 if note.id in store.notes else 404)
    store.kept = {}
    make = store.make

    def kept(note):
        reply = make(note)
        store.kept[reply["id"]] = note.text
        return reply

    store.make = kept

    assert told(store, MAKE, REMOVE)[0].why == (
        "after make, remove, reading everything: what was removed can be read"
    )


@pytest.mark.parametrize(("status", "is_right"), [(200, True), (500, False), (100, False)])
def test_a_word_that_it_is_gone_comes_with_an_answer(status, is_right):
    """Not with a failure."""
    store = Odd("gone", lambda r: said({"state": "cancelled"}, status))
    found, *_ = told(store, MAKE, REMOVE, gone_says='"cancelled"')

    assert (found is None) == is_right


def test_what_is_removed_is_not_removed_again():
    """And what is left is removed in the end, also after a failure."""
    store = Store()
    broken = Forgetful()

    assert told(store, MAKE, REMOVE, REMOVE, MAKE)[1] == [
        ("make", ""),
        ("remove", "id-0"),
        ("make", ""),
        ("read", "id-0"),
        ("read", "id-1"),
        ("remove", "id-1"),
    ]
    assert told(broken, MAKE, MAKE, READ)[0].why == "after make, make, read: what was made cannot be read"
    assert store.notes == broken.notes == {}


def test_a_step_without_anything_made_is_none():
    """There is nothing to read or to remove; places beyond the last count from the first."""

    assert told(Store(), READ, REMOVE)[:2] == (None, [])
    assert told(Store(), MAKE, MAKE, ("read", 3))[1][2] == ("read", "id-1")
    assert told(Store(), MAKE, MAKE, MAKE, ("remove", 4))[1][3] == ("remove", "id-1")


def test_each_text_is_one_of_its_own():
    """By its number, and by a name that no other history has."""
    store, other = Forgetful(), Forgetful()
    store.remove = other.remove = lambda note: {}
    told(store, MAKE, MAKE, gone_says="x")
    told(other, MAKE)
    (text,), (first,) = store.notes.values(), other.notes.values()

    assert text.startswith("note 1 of ")
    assert first.startswith("note 0 of ")
    assert len(text) == len("note 1 of 12345678")
    assert text[-8:] != first[-8:]


def test_a_store_that_shows_all_at_once_may_do_so():
    """Where the contract does not say that each is read alone."""

    assert told(Mixing(), MAKE, MAKE, alone=False)[0] is None
    assert told(Mixing(), MAKE, MAKE)[0].why.endswith("what was made beside is shown with it")


class Named(Store):
    """Knows each note by its text, or says the bare id."""

    def make(self, note):
        """The bare text."""
        self.notes[note.text] = note.text
        return note.text


@pytest.mark.parametrize("pick", ["", "$text"])
def test_an_id_may_be_the_whole_answer_or_the_text_itself(pick):
    """As the contract picks it."""

    assert told(Named(), MAKE, READ, pick=pick)[0] is None


def test_what_is_known_of_what_was_removed_is_told_as_such():
    """It is neither wrong nor green."""
    known = Deviation("stays", "reading it fails", lambda body: True, 500)
    served = comp(Odd("gone", lambda r: said({}, 500)))
    read = replace(served.endpoints[1], known=(known,))
    deviating = replace(served, endpoints=(served.endpoints[0], read, served.endpoints[2]))
    (check,) = lifecycles(deviating)

    assert told(None, MAKE, REMOVE, served=deviating)[::2] == (None, [known])
    assert told(None, MAKE, REMOVE, served=served)[0].why.endswith("404 was promised of what was removed")
    assert asyncio.run(check.find(Direct(deviating))) == Skipped("known deviation stays: reading it fails")


def test_the_histories_that_everybody_has_come_first():
    """One thing; two; two of which one is removed; and eight that are made at once."""
    served = comp(Store())
    talk, (check,) = Direct(served), lifecycles(served)
    found = asyncio.run(check.find(talk))
    first, second, third, left = talk.asked[:4], talk.asked[4:12], talk.asked[12:20], talk.asked[44:]

    assert found is None
    assert first == [("make", ""), ("read", "id-0"), ("read", "id-0"), ("remove", "id-0")]
    assert second[:6] == [("make", "")] * 2 + [("read", "id-1"), ("read", "id-2")] * 2
    assert sorted(second[6:]) == [("remove", "id-1"), ("remove", "id-2")]
    assert third[:5] == [("make", ""), ("make", ""), ("remove", "id-3"), ("read", "id-3"), ("read", "id-4")]
    assert third[5:] == [("read", "id-3"), ("read", "id-4"), ("remove", "id-4")]
    assert talk.asked[20:36] == [("make", "")] * 8 + [("read", f"id-{number}") for number in range(5, 13)]
    assert len(left) > 8  # Others are drawn.


def test_what_cannot_be_removed_is_never_asked_to_be():
    """Neither in a history nor in the end."""
    served = comp(Store(), keeps=True)
    talk, (check,) = Direct(served), lifecycles(served)

    assert asyncio.run(check.find(talk)) is None
    assert {name for name, _ in talk.asked} == {"make", "read"}
    assert (check.id, check.says) == ("notes.lifecycle.notes", f"notes: {LIFECYCLE.says}")


@pytest.mark.parametrize("keeps", [False, True])
def test_other_histories_are_drawn_of_up_to_eight_steps(keeps, monkeypatch):
    """Each of them one at least; of what was made any may be read or removed; as many are asked as is said."""
    given, drawn = [], []

    async def noted(*arguments):
        given.append(arguments)
        return Search(print, arguments[2])

    async def probe(steps):
        drawn.append(steps)

    monkeypatch.setattr(module, "falsify", noted)
    (check,) = lifecycles(comp(Store(), keeps=keeps))
    asyncio.run(check.find(Direct(comp(Store()))))
    ((histories, _, limits, surely),) = given
    asyncio.run(falsify(histories, probe, Limits(0, 300)))
    steps = [step for each in drawn for step in each]

    assert {len(each) for each in drawn} == set(range(1, 9))
    assert {place for _, place in steps} == set(range(9))
    assert {name for name, _ in steps} == {"make", "read"} | (set() if keeps else {"remove"})
    assert (limits, len(surely)) == (Limits(0, 8), 3 if keeps else 4)


class Racing(Direct):
    """A talk with a store that looks which id is next, waits for its database, and only then takes it."""

    def __init__(self, served, store):
        super().__init__(served)
        self.store, self.made = store, 0

    async def put(self, endpoint, example):
        """Two that look at the same time see the same."""
        if endpoint.path == "/v1/make":
            seen = self.made
            await asyncio.sleep(0)
            self.made, self.store.numbers = seen + 1, count(seen)
        return await super().put(endpoint, example)


def test_an_id_that_is_given_twice_only_to_many_at_once_is_told():
    """One after the other all is well."""
    store = Store()
    served = comp(store)
    (check,) = lifecycles(served)
    found = asyncio.run(check.find(Racing(served, store)))
    alone = asyncio.run(Story(served.lifecycles[0], Racing(served, store), []).told([MAKE, MAKE, READ]))

    assert found.why == "after make at once: making gives the id 'id-5' a second time"
    assert alone is None


def test_a_name_of_its_own_is_no_id_that_could_be_given_twice():
    """Nobody is asked for many of these at once."""
    talk = Direct(comp(Named(), pick="$text"))
    (check,) = lifecycles(talk.comp)

    assert asyncio.run(check.find(talk)) is None
    assert ("make", "") in talk.asked
    assert talk.asked[20:28] != [("make", "")] * 8


@pytest.mark.parametrize(("kind", "is_told"), [("reset", True), ("refused", False)])
def test_a_store_that_breaks_off_is_told_with_its_history(kind, is_told):
    """One that is gone is not judged."""
    error = ClientError(kind, "http://127.0.0.1:9", "words", elapsed_ms=1.0)

    class Breaks(Direct):
        async def put(self, endpoint, example):
            if endpoint.path == "/v1/read":
                self.last = [Asked("POST", "http://127.0.0.1:9/v1/read", {}, b"{}")]
                raise error
            return await super().put(endpoint, example)

    served = comp(Store())
    story = Story(served.lifecycles[0], Breaks(served), [])
    if not is_told:
        with pytest.raises(ClientError):
            asyncio.run(story.told([MAKE, READ]))
        return
    found = asyncio.run(story.told([MAKE, READ]))

    assert found.why == f"after make, read: no whole answer came: {error}"
    assert found.repeat == Asked("POST", "http://127.0.0.1:9/v1/read", {}, b"{}").curl
