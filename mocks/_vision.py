"""What a mock of a vision model says: an answer out of the text it was given, or what it sees in the pictures."""

import re
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from harness.comp import Deviation, Law, Refusal
from mocks._picture import painted, seen
from mocks._speech import Speech, said
from mocks._text import UNKNOWN_ANSWER, answer

_MARKS = re.compile(r"<image>|\b(USER|ASSISTANT):|<\|im_\w+\|>(user|assistant)?|\[/?INST\]")


def looked(
    question: str,
    images: str | Sequence[str],
    *,
    context: str = "",
    field: str = "image",
    tokens_max: int | None = None,
) -> Speech:
    """The answer about pictures in base64 (an empty string is none); refuses what is no picture, and to say nothing, with 400.

    A sentence of the context that answers comes first; else it is told what there is to see.
    """
    if tokens_max is not None and tokens_max < 1:
        raise Refusal(400, f"max_new_tokens: is {tokens_max}; an answer has one token at least")
    told = [_told(image, field) for image in ([images] if isinstance(images, str) else images) if image]
    asked = " ".join(_MARKS.sub(" ", question).split())
    text = answer(asked, [context, *told])
    if told and text.startswith(UNKNOWN_ANSWER):
        text = " ".join(told) + text.removeprefix(UNKNOWN_ANSWER)
    return said(text, asked, (context, *told), tokens_max)


def _told(image: str, field: str) -> str:
    try:
        return seen(image).told
    except ValueError as error:
        raise Refusal(400, f"{field}: {error}") from None


def watched(
    question: str, video_url: str, start_s: float, duration_s: float, tokens_max: int | None
) -> Speech:
    """What is said about a piece of a video, which no mock can see: where it is from."""
    name = video_url.rpartition("/")[2]
    told = f"This is {name} from second {start_s:g} to second {start_s + duration_s:g}."
    found = answer(question, [told])
    text = told + found.removeprefix(UNKNOWN_ANSWER) if found.startswith(UNKNOWN_ANSWER) else found
    return said(text, question, (told,), tokens_max)


def is_picture(image: Any) -> bool:
    """Whether an image, or each of several, is a picture in base64; an empty one is none, which is allowed."""
    try:
        for each in image if isinstance(image, list) else [image]:
            if each:
                seen(each)
    except (ValueError, TypeError, AttributeError):
        return False
    return True


YELLOW = b64encode(painted("a yellow square")).decode()
BLUE = b64encode(painted("a blue bear")).decode()
NOT_EMPTY = Law(
    "not-empty", "an answer says something", lambda _, reply: None if reply["text"] else "text: is empty"
)
NO_TOKENS = Deviation(
    "no-tokens",
    "a limit below one token is an internal error: transformers and vLLM refuse it",
    lambda body: body["max_new_tokens"] < 1,
    500,
)
NO_PICTURE = Deviation(
    "no-picture",
    "an image that cannot be decoded is an internal error",
    lambda body: not is_picture(body["image"]),
    500,
)
