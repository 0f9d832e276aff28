"""The prompt registry mock keeps prompts, and finds them by id, by user and by words."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from mocks._documents import UNKNOWN_IDS
from mocks.prompt_registry import COMPS, CREATE, DELETE, FOUND_MAX, GET
from tests.mocks.contract import ask, broken, examples
from tests.mocks.inprocess import InProcess

MONGODB, ARANGODB, REDIS = COMPS
USERS = st.sampled_from(["ada", "bo"])
WORDS = st.lists(st.sampled_from(["tram", "rail", "wire"]), min_size=1, max_size=4)


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(*COMPS))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


class Prompts(RuleBasedStateMachine):
    """Prompts are made, read, searched for and taken out in any order; a dict of ours tells what must be there."""

    comp = MONGODB
    ids = Bundle("ids")

    def __init__(self):
        super().__init__()
        self.mock = InProcess(self.comp)
        self.kept = {}

    def teardown(self):
        self.mock.close()

    def said(self, path, body):
        reply = self.mock.post(path, body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    @rule(target=ids, user=USERS, words=WORDS)
    def make(self, user, words):
        text = " ".join(words)
        name = self.said(CREATE, {"prompt_text": text, "user": user})
        assert name not in self.kept
        self.kept[name] = (text, user)
        return name

    @rule(name=ids, user=USERS)
    def read(self, name, user):
        assert self.said(GET, {"user": user, "prompt_id": name}) == self.kept[name][0]

    @rule(name=consumes(ids), user=USERS)
    def take_out(self, name, user):
        del self.kept[name]
        assert self.said(DELETE, {"user": user, "prompt_id": name}) is True
        assert self.mock.post(GET, {"user": user, "prompt_id": name}).status_code == 404

    @rule(user=USERS, word=st.sampled_from(["tram", "rail", "wire"]))
    def search(self, user, word):
        found = self.said(GET, {"user": user, "prompt_text": word})
        holding = {name for name, (text, _) in self.kept.items() if word in text}
        assert {each["id"] for each in found} <= holding
        assert len(found) == min(FOUND_MAX, len(holding))

    @invariant()
    def every_user_has_their_own(self):
        for user in ("ada", "bo"):
            listed = [each["prompt_text"] for each in self.said(GET, {"user": user})]
            assert listed == [text for text, whose in self.kept.values() if whose == user]


class RedisPrompts(Prompts):
    """The same over redis."""

    comp = REDIS


class ArangoPrompts(Prompts):
    """The same over arangodb."""

    comp = ARANGODB


FEW = settings(max_examples=15, stateful_step_count=15, deadline=None, derandomize=True, database=None)
TestPrompts, TestRedisPrompts, TestArangoPrompts = (
    Prompts.TestCase, RedisPrompts.TestCase, ArangoPrompts.TestCase,
)  # fmt: skip
for each in (TestPrompts, TestRedisPrompts, TestArangoPrompts):
    each.settings = FEW


def test_what_holds_more_of_the_words_comes_first():
    """And of two that hold as many, the one with fewer others; a user's name counts too."""
    mock = InProcess(MONGODB)
    for text, user in (("tram and wire and rail", "x"), ("tram wire", "x"), ("boat", "tram"), ("boat", "x")):
        mock.post(CREATE, {"prompt_text": text, "user": user})
    found = mock.post(GET, {"user": "y", "prompt_text": "tram wire"}).json()
    mock.close()

    assert [(each["prompt_text"], each["user"]) for each in found] == [
        ("tram wire", "x"),
        ("tram and wire and rail", "x"),
        ("boat", "tram"),
    ]
    assert [each["score"] for each in found] == sorted((each["score"] for each in found), reverse=True)


def test_over_redis_alone_a_users_prompts_tell_their_ids():
    """The other stores keep theirs private."""
    keys = {}
    for comp in COMPS:
        ask(comp, "POST", CREATE, {"prompt_text": "x", "user": "keys"})
        keys[comp.id] = set(ask(comp, "POST", GET, {"user": "keys"}).json()[0])

    assert keys == {
        "prompt_registry": {"prompt_text", "user"},
        "prompt_registry.arangodb": {"prompt_text", "user"},
        "prompt_registry.redis": {"prompt_text", "user", "id"},
    }


@pytest.mark.parametrize(
    ("path", "body", "status", "why"),
    [
        (CREATE, {"prompt_text": "x", "user": ""}, 400, "user: is empty; a prompt is kept for its user"),
        (GET, {"user": "x", "prompt_id": UNKNOWN_IDS["mongodb"]}, 404, f"id: no document is called '{UNKNOWN_IDS['mongodb']}'"),
        (DELETE, {"user": "x", "prompt_id": "1"}, 400, "id: '1' is no id of mongodb, which has 24 hexadecimal digits"),
        (DELETE, {"user": "x"}, 422, "prompt_id: is missing; it says which prompt is to go"),
    ],
    ids=["no-user", "unknown-id", "bad-id", "no-id"],
)  # fmt: skip
def test_what_is_refused_with_a_reason_is_null_upstream(path, body, status, why):
    """Promised is a refusal; the real comp says 200 and null to all of it."""
    promised = ask(MONGODB, "POST", path, body)
    real = ask(MONGODB, "POST", path, body, like_upstream=True)

    assert (promised.status_code, promised.json()) == (status, {"detail": why})
    assert (real.status_code, real.json()) == (200, None)


def test_each_law_has_been_seen_to_fail():
    """Another store's id, a list for a text, another's prompt, scores that rise, too many."""
    (new_id,) = REDIS.endpoint(CREATE).variants[0].laws
    as_asked, of_user, best_first = REDIS.endpoint(GET).variants[0].laws
    by_words = {"user": "x", "prompt_text": "y"}

    assert new_id.broken({}, "default/1") == "id: 'default/1' is no id of redis"
    assert as_asked.broken({"prompt_id": "a"}, []) == "a prompt asked for by its id is no text"
    assert as_asked.broken({"user": "x"}, "a") == "prompts asked for by user or words are no list"
    assert of_user.broken({"user": "x"}, [{"user": "z"}]) == "prompts of ['z'] are among those of 'x'"
    assert best_first.broken(by_words, [{"score": 1}, {"score": 2}]) == "scores [1, 2] do not fall"
    assert best_first.broken(by_words, [{"score": 1}] * 6) == "6 prompts were found, 5 are the most"
