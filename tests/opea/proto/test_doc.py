"""What the documents share."""

import re

import pytest
from pydantic import ValidationError

from harness.opea.proto.doc import Doc, chat_id, completion_id
from harness.opea.proto.documents import Audio2TextDoc, TextDoc


def test_a_document_gets_a_fresh_id():
    """32 hexadecimal digits, different each time."""
    one, other = Doc(), Doc()

    assert re.fullmatch("[0-9a-f]{32}", one.id)
    assert one.id != other.id


@pytest.mark.parametrize(
    ("given", "kept"), [("x", "x"), (5, "5"), (1.5, "1.5"), (None, None), (["a"], "['a']")]
)
def test_an_id_that_is_given_is_kept_as_text(given, kept):
    """docarray takes anything for an id."""
    assert Doc(id=given).id == kept


def test_the_id_does_not_count_when_documents_are_compared():
    """Two documents that say the same are the same."""
    assert TextDoc(id="1", text="a") == TextDoc(id="2", text="a")
    assert TextDoc(text="a") != TextDoc(text="b")
    assert TextDoc(text="a") != "a"


def test_a_document_is_validated_when_it_is_changed():
    """A wrong value is refused at the assignment."""
    document = TextDoc(text="a")
    with pytest.raises(ValidationError, match="text"):
        document.text = 5


def test_audio_ends_like_audio():
    """An image is no audio."""
    assert Audio2TextDoc(url="/tmp/a.wav").url == "/tmp/a.wav"
    with pytest.raises(ValidationError, match=r"ends in \.png, which is image/png; audio is wanted"):
        Audio2TextDoc(url="a.png")


def test_ids_of_completions_are_as_openais():
    """A prefix and 22 letters and digits."""
    assert re.fullmatch("chatcmpl-[0-9A-Za-z]{22}", chat_id())
    assert re.fullmatch("cmpl-[0-9A-Za-z]{22}", completion_id())
