"""A mock of a vision model answers out of its text, or tells what it sees."""

from base64 import b64encode

import pytest

from harness.comp import Refusal
from mocks._picture import painted
from mocks._vision import NOT_EMPTY, looked

BEAR = b64encode(painted("a blue bear")).decode()
HORSE = b64encode(painted("a green horse")).decode()
SEEN = "A blue picture of 16 by 16 pixels: a blue bear."


@pytest.mark.parametrize(
    ("question", "images", "context", "text"),
    [
        ("What is this?", BEAR, "", SEEN),
        ("<image>\nUSER: What's this?\nASSISTANT:", [BEAR], "", SEEN),
        ("What colour?", [BEAR, HORSE], "", f"{SEEN} A green picture of 16 by 16 pixels: a green horse."),
        ("What does the tram need?", BEAR, "The tram needs current.", "The tram needs current."),
        ("What is deep learning?", "", "", "I do not know: the given context does not say."),
        ("What is this? [nonce:x1]", BEAR, "", f"{SEEN} [nonce:x1]"),
    ],
)
def test_the_answer_is_out_of_the_text_or_of_the_picture(question, images, context, text):
    """Pictures are told of where no sentence answers."""
    assert looked(question, images, context=context).text == text


def test_an_answer_is_cut_after_so_many_tokens():
    """And says that it was."""
    speech = looked("What is this?", BEAR, tokens_max=3)

    assert (speech.text, speech.finish_reason) == ("A blue picture", "length")


def test_what_is_no_picture_is_refused_with_its_field():
    """With 400."""
    with pytest.raises(Refusal) as refused:
        looked("What is this?", "QUJD", field="img_b64_str")

    assert refused.value.status == 400
    assert refused.value.detail.startswith("img_b64_str: the image begins with b'ABC'")


def test_an_empty_answer_breaks_the_law():
    """And one with words does not."""

    assert [NOT_EMPTY.broken({}, {"text": text}) for text in ("", "A bear.")] == ["text: is empty", None]
