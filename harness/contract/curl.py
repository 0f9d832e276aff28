"""One request as the line of shell that repeats it."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

PLAIN = frozenset(map(chr, (*range(0x20, 0x7F), 0x0A)))


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
        words = ["curl", "-sS", "-i", "--max-time", "30", "-X", self.method, self.url]
        words += [word for name, value in self.headers.items() for word in ("-H", f"{name}: {value}")]
        if not self.body:
            return shlex.join(words)
        if len(self.body) > 1 and len(set(self.body)) == 1:
            sign = shlex.quote(chr(self.body[0]))
            many = f"head -c {len(self.body)} /dev/zero | tr '\\0' {sign}"
            return f"{many} | {shlex.join([*words, '--data-binary', '@-'])}"
        text = self.body.decode("utf-8", "replace")
        if text.encode() == self.body and set(text) <= PLAIN and not text.startswith("@"):
            return shlex.join([*words, "--data-binary", text])
        return f"printf '{_escaped(self.body)}' | {shlex.join([*words, '--data-binary', '@-'])}"


def _escaped(body: bytes) -> str:
    """The bytes for printf: every one that is not a plain letter as three octal digits."""
    plain = frozenset(b' !#$&()*+,-./:;<=>?@[]^_`{|}~"') | frozenset(range(48, 58)) | frozenset(range(65, 91))
    plain |= frozenset(range(97, 123))
    return "".join(chr(each) if each in plain else f"\\{each:03o}" for each in body)
