"""The document stores: ids in each store's form, and what each does about an id that it does not know."""

import pytest

from harness.comp import Refusal, World
from mocks._documents import ID_FORMS, STORES, UNKNOWN_IDS, Documents, documents_of, failing, wrong_id


def filled(kind, seed=0):
    """A store with two documents, and their ids."""
    store, world = Documents(kind), World(seed)
    return store, [store.add({"text": text}, world) for text in "ab"]


@pytest.mark.parametrize("kind", STORES)
def test_ids_differ_and_have_the_form_of_their_store(kind):
    """The well-formed id that is of no document too."""
    _, ids = filled(kind)

    assert all(ID_FORMS[kind].fullmatch(each) for each in [*ids, UNKNOWN_IDS[kind]])
    assert len({*ids, UNKNOWN_IDS[kind]}) == 3


@pytest.mark.parametrize("kind", STORES)
def test_ids_are_the_same_for_the_same_seed(kind):
    """And others for another one, where the store draws them at all."""

    assert filled(kind)[1] == filled(kind)[1]
    assert (filled(kind)[1] == filled(kind, seed=1)[1]) is (kind == "arangodb")


@pytest.mark.parametrize("kind", STORES)
def test_a_document_is_found_changed_and_taken_out(kind):
    """Its neighbour stays as it was."""
    store, (one, other) = filled(kind)

    assert store.replace(one, {"text": "c"}) is True
    assert store.get(one) == {"text": "c"}
    assert store.remove(one) is True
    assert list(store.where(lambda each: True)) == [(other, {"text": "b"})]


@pytest.mark.parametrize(
    ("kind", "replaced", "removed"),
    [("mongodb", False, False), ("arangodb", 404, 404), ("redis", True, False)],
)
def test_every_store_has_its_own_answer_to_an_unknown_id(kind, replaced, removed):
    """Redis makes what it is to change, arangodb refuses, mongodb says that nothing was done."""

    def answer(work):
        try:
            return work()
        except Refusal as refusal:
            return refusal.status

    store, name = filled(kind)[0], UNKNOWN_IDS[kind]

    assert answer(lambda: store.get(name)) == 404
    assert answer(lambda: store.remove(name)) == removed
    assert answer(lambda: store.replace(name, {})) == replaced


def test_mongodb_says_false_to_a_change_that_changes_nothing():
    """It counts what it modified."""
    store, (one, _) = filled("mongodb")

    assert store.replace(one, {"text": "a"}) is False


def test_mongodb_refuses_what_is_no_id_of_its_own():
    """The reason names the id and what would be one."""
    with pytest.raises(Refusal) as caught:
        Documents("mongodb").get("x")

    assert (caught.value.status, caught.value.detail) == (
        400,
        "id: 'x' is no id of mongodb, which has 24 hexadecimal digits",
    )


def test_each_comp_has_documents_of_its_own_in_each_store():
    """The same ones each time."""
    world = World()

    assert documents_of(world, "a", "redis") is documents_of(world, "a", "redis")
    assert documents_of(world, "a", "redis") is not documents_of(world, "b", "redis")
    assert documents_of(world, "a", "redis") is not documents_of(world, "a", "mongodb")


def test_a_wrong_id_is_told_with_its_store():
    """A law says it."""

    assert wrong_id("redis", "x") == "id: 'x' is no id of redis"
    assert wrong_id("arangodb", 7) == "id: 7 is no id of arangodb"
    assert wrong_id("arangodb", "default/7") is None


def test_a_known_failure_takes_the_place_of_one_refusal():
    """Its body is FastAPI's detail."""
    known = failing("x", "says", 'a "quoted" word', 404)

    assert (known.status, known.instead_of, known.body) == (500, 404, b'{"detail":"a \\"quoted\\" word"}')
    assert known.applies({})
