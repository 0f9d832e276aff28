"""Text as it streams, cut into sentences: the same sentences however the text was cut into events. Pure."""

import re

AT_ONCE = "。，！？"  # noqa: RUF001 - full-width marks end a sentence whatever follows
END = re.compile(rf"[.?!](?=\s)|[{AT_ONCE}]")
WORD = re.compile(r"\s?\S+\s?")
SENTENCE_CHARS_MAX = 2000  # Text without any mark is handed on in pieces of this size.


class Sentences:
    """Takes text, gives whole sentences; what remains at the end is the tail."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> list[str]:
        """The sentences that this text completes; a mark such as "." ends one once a space follows it."""
        held = self._held + text
        begin, found = 0, []
        for end in END.finditer(held, max(0, len(self._held) - 1)):
            found.append(held[begin : end.end()])
            begin = end.end()
        held = held[begin:]
        while len(held) > SENTENCE_CHARS_MAX:
            cut = held.rfind(" ", 1, SENTENCE_CHARS_MAX)
            cut = SENTENCE_CHARS_MAX if cut < 0 else cut
            found.append(held[:cut])
            held = held[cut:]
        self._held = held
        return found

    def tail(self) -> str:
        """What no mark ended; asked for once, at the end."""
        held, self._held = self._held, ""
        return held


def words(sentence: str) -> list[str]:
    """A sentence as tokens: each word with the space before and the space after it, at most one of each."""
    return WORD.findall(sentence)
