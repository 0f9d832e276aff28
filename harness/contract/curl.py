"""One request as the line of shell that repeats it, and several as the lines that repeat what only they show."""

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

PLAIN = frozenset(map(chr, range(0x20, 0x7F)))
TEXT_BYTES_MAX = (
    100_000  # Linux gives one word of a command 128 kB; printf is the shell's own and has no such limit.
)
SENT_AS_IT_IS = "%/:?#[]@!$&'()*+,;=~-._"  # Of an address: our client quotes the rest.
LENGTHLESS = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "TRACE"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it was sent, byte for byte."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def curl(self) -> str:
        """The command that sends the same; bytes that a shell cannot hold are piped in."""
        return self.line()

    def line(self, options: Sequence[str] = ("-i",), named: Mapping[str, str] | None = None) -> str:
        """The command with curl's options; what an earlier answer gave is `named` by its variable in the shell."""
        url = quote(self.url, safe=SENT_AS_IT_IS)
        words = ["curl", "-sS", *options, "--max-time", "30", *_spared(url), "-X", self.method, url]
        for name, value in self.headers.items():
            words += ["-H", f"{name}: {value}" if value else f"{name};"]
        if (self.body or self.method not in LENGTHLESS) and "content-type" not in map(
            str.lower, self.headers
        ):
            words += ["-H", "content-type:"]  # Else curl calls it a form.
        if not self.body:
            words += [] if self.method in LENGTHLESS else ["--data-binary", ""]
            return _joined(words, named)
        text = self.body.decode("utf-8", "replace")
        is_text = set(text) <= PLAIN and not text.startswith("@")
        if len(self.body) > 1 and len(set(self.body)) == 1:
            many = f"head -c {len(self.body)} /dev/zero | tr '\\0' {shlex.quote(_escaped(self.body[:1]))}"
        elif is_text and len(self.body) <= TEXT_BYTES_MAX:
            return _joined([*words, "--data-binary", text], named)
        else:
            many = f"printf {_named(_quoted(_escaped(self.body)), named)}"
        return f"{many} | {_joined([*words, '--data-binary', '@-'], named)}"


def in_turn(asked: Iterable[Asked | None]) -> str:
    """The requests one after the other, a line each."""
    return "\n".join(each.curl for each in asked if each)


def together(asked: Sequence[Asked | None], count: int, beside: str = "") -> str:
    """So many requests at the same time, these in turn; `beside` is a command that is run meanwhile."""
    lines = [each.curl for each in asked[:count] if each]
    if not lines or (count == 1 and not beside):
        return "".join(lines)
    rounds, begun = -(-count // len(lines)), " ".join(f"{each} &" for each in lines)
    looped = f"for i in $(seq {rounds}); do {begun} done;" if rounds > 1 else begun
    return f"({looped}{f' {beside};' if beside else ''} wait)"


def _spared(url: str) -> list[str]:
    """What keeps curl from reading more into an address than stands there."""
    return [*(["-g"] if "[" in url else []), *(["--path-as-is"] if "/." in url else [])]


def _joined(words: Iterable[str], named: Mapping[str, str] | None) -> str:
    return " ".join(
        _named(_quoted(word), named) if named and _found(word, named) else shlex.quote(word) for word in words
    )


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\"'\"'") + "'"


def _found(word: str, named: Mapping[str, str]) -> bool:
    return any(re.search(_whole(value), word) for value in named)


def _named(quoted: str, named: Mapping[str, str] | None) -> str:
    """A quoted word with variables in the place of their values."""
    for value, name in (named or {}).items():
        quoted = re.sub(_whole(value), f"'\"${name}\"'", quoted)
    return quoted


def _whole(value: str) -> str:
    """Where a value stands as a whole text of JSON or a part of an address, and not within another."""
    return rf"(?<=[\"/=]){re.escape(value)}(?=[\"/?&']|$)"


def _escaped(body: bytes) -> str:
    """The bytes for printf: every one that is not a plain letter as three octal digits, and a dash that leads, for that begins an option."""
    plain = frozenset(b' !#$&()*+,-./:;<=>?@[]^_`{|}~"') | frozenset(range(48, 58)) | frozenset(range(65, 91))
    plain |= frozenset(range(97, 123))
    text = "".join(chr(each) if each in plain else f"\\{each:03o}" for each in body)
    return f"\\{ord('-'):03o}{text[1:]}" if text.startswith("-") else text
