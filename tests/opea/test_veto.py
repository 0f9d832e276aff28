"""Which nodes a black list means."""

import pytest

from harness.opea.veto import entries, name_of, vetoed

NODES = ["guard/MicroService", "llm/MicroService", "llm_judge/MicroService", "tts/MicroService"]
AFTER = NODES[1:]


@pytest.mark.parametrize(
    ("listed", "names"),
    [
        (["llm"], ["llm"]),
        (["llm/MicroService"], ["llm"]),
        (["llm", "tts"], ["llm", "tts"]),
        ([".*"], ["llm", "llm_judge", "tts"]),
        (["llm.*"], ["llm", "llm_judge"]),
        (["^t"], ["tts"]),
        (["Micro"], ["llm", "llm_judge", "tts"]),
        (["guard"], []),
        (["nothing"], []),
        ([], []),
    ],
)
def test_a_name_means_one_node_and_a_pattern_what_it_finds(listed, names):
    """An exact name vetoes no other node of a longer name; upstream's patterns keep their meaning."""
    assert vetoed(listed, AFTER, NODES) == {f"{name}/MicroService" for name in names}


@pytest.mark.parametrize("entry", ["[", "(", "*", None, 7, {"a": 1}])
def test_what_cannot_be_read_vetoes_all(entry):
    """A guardrail that errs fails closed."""
    assert vetoed([entry], AFTER, NODES) == set(AFTER)


@pytest.mark.parametrize(
    ("output", "listed"),
    [
        ({"downstream_black_list": ["a"]}, ["a"]),
        ({"downstream_black_list": "a.*"}, ["a.*"]),
        ({"downstream_black_list": None}, []),
        ({"text": "a"}, []),
        (["downstream_black_list"], []),
        (b"downstream_black_list", []),
        ("downstream_black_list", []),
        (None, []),
    ],
)
def test_only_an_object_has_a_black_list(output, listed):
    """Texts, lists and sound that happen to hold the words veto nothing."""
    assert entries(output) == listed


def test_a_nodes_name_is_its_key_without_the_class():
    """Names may hold slashes themselves."""
    assert [name_of(key) for key in ("llm/MicroService", "a/b/X", "MicroService")] == [
        "llm",
        "a/b",
        "MicroService",
    ]
