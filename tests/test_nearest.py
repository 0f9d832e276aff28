"""What is said beside a name that is none."""

import pytest

from harness.nearest import names_there_are

MANY = [f"comp-{number}" for number in range(20)] + ["embeddings", "embeddings.multimodal", "llms.tgi"]


@pytest.mark.parametrize(
    ("wrong", "names", "said"),
    [
        ("c", ["b", "a"], "there are a, b"),
        ("embedings", MANY, "the nearest of 23 are embeddings, embeddings.multimodal"),
        ("llm", MANY, "the nearest of 23 are llms.tgi"),
        ("zzz", ["a"] * 3, "there are a, a, a"),
    ],
    ids=["few", "misspelt", "part", "far"],
)
def test_few_names_are_listed_and_of_many_the_nearest(wrong, names, said):
    """A reader looks through some, not through eighty."""
    assert names_there_are(wrong, names) == said


def test_where_none_is_near_all_are_listed():
    """There is nothing better to say."""
    assert names_there_are("zzz", MANY).startswith("there are comp-0, comp-1, ")
