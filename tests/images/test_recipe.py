"""What is built under which name, without building any."""

import pytest

from harness.errors import UsageError
from tests.images.stand_ins.broken import WAYS
from tests.images.stand_ins.recipe import wanted
from tests.images.stand_ins.seed import SEED
from tests.images.stand_ins.tiny_model import END, NORMAL, tokens, written


def test_one_word_stands_for_the_seven_and_none_for_the_embedding_images():
    """Others are named one by one."""

    assert list(wanted(["seed", "good"])) == [*SEED, "good"]
    assert list(wanted([])) == ["good", *WAYS]


def test_a_name_that_there_is_not_is_an_error():
    """With those that there are."""
    with pytest.raises(UsageError, match="nope: there is no such image here; there are seed, good, root, "):
        list(wanted(["nope"]))


def test_the_tiny_model_is_the_same_each_time(tmp_path):
    """A recipe whose parts differ would be built anew each time."""
    first, second = (written(tmp_path / name).read_bytes() for name in "ab")

    assert first == second
    assert first.startswith(b"GGUF\3\0\0\0")


def test_the_tiny_model_knows_words_every_byte_and_its_end():
    """So that whatever is asked can be spelled, and an answer is words."""
    texts = [text for text, _, _ in tokens()]

    assert texts[END] == "</s>"
    assert {f"<0x{byte:02X}>" for byte in range(256)} <= set(texts)
    assert all(text[1:].isalpha() for text, _, kind in tokens() if kind == NORMAL)
