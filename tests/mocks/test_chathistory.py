"""The chat history mock keeps what it was given, by user and id, until it is told to take it out."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from mocks._documents import UNKNOWN_IDS
from mocks.chathistory import COMPS, CREATE, DELETE, GET
from mocks.feedback_management import COMPS as FEEDBACK
from tests.mocks.contract import ask, broken, examples
from tests.mocks.inprocess import InProcess

MONGODB, ARANGODB, REDIS = COMPS
USERS = st.sampled_from(["ada", "bo"])
TEXTS = st.text(max_size=20)


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(*COMPS))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


class Chats(RuleBasedStateMachine):
    """Chats are made, changed, read and taken out in any order; a dict of ours tells what must be there."""

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

    @rule(target=ids, user=USERS, text=TEXTS)
    def make(self, user, text):
        name = self.said(CREATE, {"data": {"messages": text, "user": user}})
        assert name not in self.kept
        self.kept[name] = (user, text)
        return name

    @rule(name=ids, user=USERS, text=TEXTS)
    def change(self, name, user, text):
        before, self.kept[name] = self.kept[name], (user, text)
        changed = self.said(CREATE, {"data": {"messages": text, "user": user}, "id": name})
        assert changed is (self.comp is not MONGODB or before != (user, text))

    @rule(name=ids, user=USERS)
    def read(self, name, user):
        chat = self.said(GET, {"user": user, "id": name})
        assert (chat["user"], chat["messages"]) == self.kept[name]

    @rule(name=consumes(ids), user=USERS)
    def take_out(self, name, user):
        del self.kept[name]
        assert self.said(DELETE, {"user": user, "id": name}) is True
        assert self.mock.post(GET, {"user": user, "id": name}).status_code == 404

    @invariant()
    def every_user_has_their_own(self):
        for user in ("ada", "bo"):
            listed = [(each["id"], each["first_query"]) for each in self.said(GET, {"user": user})]
            assert listed == [(name, text) for name, (whose, text) in self.kept.items() if whose == user]


class RedisChats(Chats):
    """The same over redis."""

    comp = REDIS


class ArangoChats(Chats):
    """The same over arangodb."""

    comp = ARANGODB


FEW = settings(max_examples=15, stateful_step_count=15, deadline=None, derandomize=True, database=None)
TestChats, TestRedisChats, TestArangoChats = Chats.TestCase, RedisChats.TestCase, ArangoChats.TestCase
for each in (TestChats, TestRedisChats, TestArangoChats):
    each.settings = FEW


@pytest.mark.parametrize(
    ("messages", "first"),
    [
        ("a question", "a question"),
        ([{"role": "user", "content": "a question"}], "user"),
        ([], None),
        ([{"content": [{"type": "text"}]}], None),
    ],
)
def test_a_chat_is_listed_by_what_it_began_with(messages, first):
    """Of a list of messages that is its first value, as upstream."""
    user = repr(messages)
    ask(REDIS, "POST", CREATE, {"data": {"messages": messages, "user": user}})

    assert [each["first_query"] for each in ask(REDIS, "POST", GET, {"user": user}).json()] == [first]


def test_a_first_query_that_is_given_is_kept():
    """It is not made up then."""
    ask(REDIS, "POST", CREATE, {"data": {"messages": "x", "user": "given"}, "first_query": "mine"})

    assert ask(REDIS, "POST", GET, {"user": "given"}).json()[0]["first_query"] == "mine"


@pytest.mark.parametrize(
    ("path", "body", "status", "why", "known"),
    [
        (CREATE, {"data": {"messages": "x"}}, 400, "data.user: is missing; a chat is kept for its user", "400: Please provide the user information"),
        (GET, {"user": ""}, 400, "user: is empty; a store is opened for a user", "User information is required to initialize the data store. Please provide a valid user identifier."),
        (GET, {"user": "x", "id": UNKNOWN_IDS["mongodb"]}, 404, f"id: no document is called '{UNKNOWN_IDS['mongodb']}'", "argument of type 'NoneType' is not iterable"),
        (GET, {"user": "x", "id": "1"}, 400, "id: '1' is no id of mongodb, which has 24 hexadecimal digits", "id is not a valid ObjectId"),
        (DELETE, {"user": "x"}, 422, "id: is missing; it says which chat is to go", "Document id is required."),
    ],
    ids=["no-user", "empty-user", "unknown-id", "bad-id", "no-id"],
)  # fmt: skip
def test_what_is_refused_with_a_reason_is_an_internal_error_upstream(path, body, status, why, known):
    """Promised is a refusal; `--like-upstream` answers as the real comp does."""
    promised = ask(MONGODB, "POST", path, body)
    real = ask(MONGODB, "POST", path, body, like_upstream=True)

    assert (promised.status_code, promised.json()) == (status, {"detail": why})
    assert (real.status_code, real.json()) == (500, {"detail": known})


def test_each_law_has_been_seen_to_fail():
    """An id of another store, a change that is no word, a chat for a list, an id twice."""
    (id_or_done,) = REDIS.endpoint(CREATE).variants[0].laws
    as_kept, ids_differ = REDIS.endpoint(GET).variants[0].laws

    assert id_or_done.broken({}, "default/1") == "id: 'default/1' is no id of redis"
    assert id_or_done.broken({"id": "x"}, "x") == "the reply is 'x'; a change is true or false"
    assert as_kept.broken({}, {}) == "a user's chats are no list"
    assert as_kept.broken({"id": "x"}, []) == "a chat is no object"
    assert ids_differ.broken({}, [{"id": "a"}, {"id": "a"}]) == "ids ['a', 'a'] are not all different"


@pytest.mark.parametrize("comp", [*COMPS, *FEEDBACK], ids=lambda comp: comp.id)
def test_the_documents_of_stores_declare_no_replies_like_upstreams(comp):
    """Their operations are named after the handlers."""
    paths = ask(comp, "GET", "/openapi.json", like_upstream=True).json()["paths"]
    made = [paths[endpoint.path]["post"] for endpoint in comp.endpoints]

    assert [post["responses"]["200"]["content"]["application/json"]["schema"] for post in made] == [{}] * 3
    assert [post["operationId"].partition("_v1_")[0] for post in made] == [
        each.handler for each in comp.endpoints
    ]
