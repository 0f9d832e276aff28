"""What laws of several comps need: small questions about plain JSON."""

from collections.abc import Sequence
from math import fsum, isfinite, sqrt
from typing import Any

from harness.comp import Law

UNIT_TOLERANCE = 1e-3  # A vector of float32 numbers, printed and read again, is off by far less.


def texts_asked(given: Any) -> int:
    """How many vectors an embedding `input` asks for: one text, one list of tokens, or one for each in a list."""
    if isinstance(given, str):
        return 1
    return 1 if given and all(isinstance(each, int) for each in given) else len(given)


def bad_vector(vector: Any, where: str, *, unit: bool = True) -> str | None:
    """What is wrong with one vector: no list, empty, a number that is none, a length other than 1."""
    if not isinstance(vector, list) or not vector:
        return f"{where}: is {str(vector)[:40]!r}, no list of numbers"
    for place, number in enumerate(vector):
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not isfinite(number):
            return f"{where}[{place}]: is {number!r}, no finite number"
    length = sqrt(fsum(number * number for number in vector))
    if unit and abs(length - 1) > UNIT_TOLERANCE:
        return f"{where}: has length {length:.6g}, not 1"
    return None


def bad_vectors(vectors: Sequence[Any], where: str, *, unit: bool = True) -> str | None:
    """What is wrong with the first bad one of several vectors; `where` has `{}` for its place."""
    found = (bad_vector(vector, where.format(at), unit=unit) for at, vector in enumerate(vectors))
    return next(filter(None, found), None)


def unlike(found: object, asked: object, where: str) -> str | None:
    """What is wrong with a field of a reply that should be as it was asked."""
    return None if found == asked else f"{where}: is {found!r}, asked was {asked!r}"


def repeated(ids: Sequence[object]) -> str | None:
    """What is wrong with ids of which one stands twice."""
    return None if len(set(ids)) == len(ids) else f"ids {ids} are not all different"


def silent(_request: Any, reply: Any) -> str | None:
    """What is wrong with a reply whose `text` is empty; the law of a comp that answers in a document."""
    return None if reply["text"] else "the answer is empty"


def not_a_share(_request: Any, reply: Any) -> str | None:
    """What is wrong with a reply whose `score` is no share; the law of a comp that judges by one."""
    return None if 0 <= reply["score"] <= 1 else f"score: is {reply['score']}, not 0..1"


def not_falling(scores: Sequence[Any], where: str) -> str | None:
    """What is wrong with scores that should be finite and fall (or stay) from first to last."""
    for place, score in enumerate(scores):
        if not isinstance(score, (int, float)) or not isfinite(score):
            return f"{where}[{place}]: score is {score!r}, no finite number"
        if place and score > scores[place - 1]:
            return f"{where}[{place}]: score {score:.6g} is above {scores[place - 1]:.6g} before it"
    return None


def _no_video(request: Any, reply: Any) -> str | None:
    path = reply.get("video_path") or reply.get("wav2lip_result") or ""
    return None if path.endswith((".mp4", ".avi")) else f"the path is {path!r}, no video's (.mp4 or .avi)"


VIDEO_LAWS = (Law("video", "the path is that of a video", _no_video),)
