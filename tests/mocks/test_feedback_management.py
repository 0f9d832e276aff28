"""The feedback mock keeps what users thought of their chats, until it is told to take it out."""

import pytest

from mocks._documents import UNKNOWN_IDS
from mocks.feedback_management import COMPS, CREATE, DELETE, FEEDBACK, GET
from tests.mocks.contract import ask, broken, examples
from tests.mocks.inprocess import InProcess

MONGODB, ARANGODB, REDIS = COMPS


@pytest.fixture(params=COMPS, ids=lambda comp: comp.id)
def mock(request):
    """A mock over each of the stores, with nothing in it yet."""
    asking = InProcess(request.param)
    yield asking
    asking.close()


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(*COMPS))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


def test_feedback_lives_from_its_making_to_its_end(mock):
    """It is made, read, changed, listed by its user alone, and gone."""
    name = mock.post(CREATE, FEEDBACK).json()
    poor = {"is_thumbs_up": False, "rating": 2, "comment": None}
    one = {"user": "test", "feedback_id": name}

    assert mock.post(GET, one).json()["feedback_data"] == FEEDBACK["feedback_data"]
    assert mock.post(CREATE, {**FEEDBACK, "feedback_data": poor, "feedback_id": name}).json() is True
    assert [
        (each["feedback_id"], each["feedback_data"]) for each in mock.post(GET, {"user": "test"}).json()
    ] == [(name, poor)]
    assert mock.post(GET, {"user": "other"}).json() == []
    assert mock.post(DELETE, one).json() is True
    assert mock.post(GET, one).status_code == 404
    assert mock.post(GET, {"user": "test"}).json() == []  # fmt: skip


@pytest.mark.parametrize(
    ("path", "body", "status", "why", "known"),
    [
        (CREATE, {**FEEDBACK, "chat_data": {"messages": "x"}}, 400, "User information is required but not provided", "400: User information is required but not provided"),
        (GET, {"user": " "}, 400, "User information is required but not provided", "400: User information is required but not provided"),
        (GET, {"user": "x", "feedback_id": "1"}, 400, "id: '1' is no id of mongodb, which has 24 hexadecimal digits", "id is not a valid ObjectId"),
        (GET, {"user": "x", "feedback_id": UNKNOWN_IDS["mongodb"]}, 404, f"id: no document is called '{UNKNOWN_IDS['mongodb']}'", "argument of type 'NoneType' is not iterable"),
        (DELETE, {"user": "x"}, 422, "feedback_id: is missing; it says which feedback is to go", "feedback_id is required."),
    ],
    ids=["no-user", "empty-user", "bad-id", "unknown-id", "no-id"],
)  # fmt: skip
def test_what_is_refused_with_a_reason_is_an_internal_error_upstream(path, body, status, why, known):
    """Promised is a refusal; `--like-upstream` answers as the real comp does."""
    promised = ask(MONGODB, "POST", path, body)
    real = ask(MONGODB, "POST", path, body, like_upstream=True)

    assert (promised.status_code, promised.json()) == (status, {"detail": why})
    assert (real.status_code, real.json()) == (500, {"detail": known})


def test_each_law_has_been_seen_to_fail():
    """Another store's id, a change that is no word, another's feedback, an id twice."""
    (id_or_done,) = REDIS.endpoint(CREATE).variants[0].laws
    asked_for, ids_differ = REDIS.endpoint(GET).variants[0].laws
    mine = {"chat_data": {"user": "me"}, "feedback_id": "a"}

    assert id_or_done.broken({}, "default/1") == "id: 'default/1' is no id of redis"
    assert id_or_done.broken({"feedback_id": "x"}, "x") == "the reply is 'x'; a change is true or false"
    assert asked_for.broken({"user": "you"}, [mine]) == "feedback of ['me'] is among that of 'you'"
    assert asked_for.broken({"user": "me", "feedback_id": "b"}, mine) == (
        "feedback_id: is 'a', which was not asked for"
    )
    assert ids_differ.broken({}, [mine, mine]) == "ids ['a', 'a'] are not all different"
