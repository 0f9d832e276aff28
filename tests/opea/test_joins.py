"""Several outputs as one input."""

import itertools

import pytest

from harness.opea.joins import CollisionError, merged


def test_one_output_is_handed_on_as_a_copy():
    """What the next node's hook changes is its own."""
    output = {"text": "a"}
    given = merged({"one": output})

    assert given == output
    assert given is not output
    assert merged({"one": [1, 2]}) == [1, 2]


def test_differing_keys_and_equal_values_merge():
    """Nothing is lost and nothing is chosen."""
    outputs = {"one": {"text": "q", "a": 1}, "two": {"text": "q", "b": [1]}, "three": {"b": [1]}}

    assert merged(outputs) == {"text": "q", "a": 1, "b": [1]}


def test_the_order_of_nodes_makes_no_difference():
    """The same input comes of every order in which nodes were added."""
    outputs = {"one": {"x": 1, "l": [1]}, "two": {"x": 1, "y": 2}, "three": {"z": None}}

    for order in itertools.permutations(outputs):
        assert merged({node: outputs[node] for node in order}) == {"x": 1, "l": [1], "y": 2, "z": None}


def test_differing_ids_become_a_fresh_one_and_an_equal_id_stays():
    """A joined document is a new document."""
    fresh = merged({"one": {"id": "a"}, "two": {"id": "b"}})["id"]

    assert fresh not in ("a", "b")
    assert len(fresh) == 32
    assert merged({"one": {"id": "a"}, "two": {"id": "a"}}) == {"id": "a"}


def test_black_lists_unite():
    """Each veto holds, each once."""
    outputs = {
        "one": {"downstream_black_list": ["x", "y"]},
        "two": {"downstream_black_list": ["y", "z"]},
        "three": {"downstream_black_list": None},
        "four": {"downstream_black_list": "w"},
    }

    assert merged(outputs) == {"downstream_black_list": ["x", "y", "z", "w"]}


@pytest.mark.parametrize("other", ["b", 1, 1.0, None, True], ids=repr)
def test_differing_values_are_an_error_that_names_both_nodes_and_the_key(other):
    """Never the order of adding; also a number of another type is another value."""
    with pytest.raises(CollisionError, match="one and two give different values of 'text'; declare a merge"):
        merged({"one": {"text": "a" if not isinstance(other, float) else 1}, "two": {"text": other}})


def test_what_is_no_object_cannot_be_joined():
    """A list beside an object has no place."""
    with pytest.raises(CollisionError, match="two gave list, which cannot be joined"):
        merged({"one": {"a": 1}, "two": [1]})


@pytest.mark.parametrize(
    ("one", "other"), [([1], [True]), ({"a": [{"b": 0}]}, {"a": [{"b": False}]}), ([1], [1.0])]
)
def test_values_that_only_python_holds_for_equal_differ(one, other):
    """Handing on either would make the order of the nodes count."""
    with pytest.raises(CollisionError, match="give different values of 'x'"):
        merged({"one": {"x": one}, "two": {"x": other}})


def test_equal_values_merge_however_deep():
    """And whatever the order of their keys."""
    assert merged({"one": {"x": {"a": [1], "b": None}}, "two": {"x": {"b": None, "a": [1]}}}) == {
        "x": {"a": [1], "b": None}
    }
