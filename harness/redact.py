"""Takes secrets out of text before it is kept: keys, tokens, passwords, Authorization.

Most bodies are vectors and answers. So what can be part of no needle (digits, blanks, brackets) is thrown out in one pass, and a
rule's regular expression runs only where one of its needles is in the rest.
"""

import re
from dataclasses import dataclass

GONE = "[redacted]"

_NAMES = (
    r"(?:[\w.-]*[_-])?(?:api[_-]?key|access[_-]?key|secret(?:[_-]?key)?|password|passwd|pwd|authorization|cookie"
    r"|credentials?|(?:access|auth|bearer|client|hf|hub|id|private|refresh|session)[_-]?(?:token|secret))"
)
_ENDINGS = (
    "key",
    "secret",
    "password",
    "passwd",
    "pwd",
    "authorization",
    "cookie",
    "credential",
    "credentials",
)
_QUOTED = (*(f'{ending}"' for ending in _ENDINGS), 'token"')
_LOWER = bytes(range(256)).lower()
_NO_NEEDLE = b"0123456789., \t\r\n[]{}"


@dataclass(frozen=True, slots=True)
class Rule:
    """What to look for, and what is left of it; a rule without any of its `needles` in the text is passed over.

    Needles are lower case and hold nothing of `_NO_NEEDLE`.
    """

    needles: tuple[str, ...]
    pattern: re.Pattern[str]
    leaves: str


RULES = (
    Rule(  # "api_key": "..." in JSON; a value cut off at the end of what is kept counts too.
        _QUOTED,
        re.compile(rf'("{_NAMES}"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|\\?\Z)', re.IGNORECASE),
        rf'\1"{GONE}"',
    ),
    Rule(  # "token": "..." in JSON, where it is long enough to be no word of an answer.
        ('token"',),
        re.compile(r'("token"\s*:\s*)"[^"\s]{16,}(?:"|\Z)', re.IGNORECASE),
        rf'\1"{GONE}"',
    ),
    Rule(  # api_key=... in a query or a form.
        (*(f"{ending}=" for ending in _ENDINGS), "token="),
        re.compile(rf"((?:^|[?&;\s])(?:{_NAMES}|token)=)[^&\s;]+", re.IGNORECASE),
        rf"\1{GONE}",
    ),
    Rule(  # name="api_key" in a multipart form.
        _QUOTED,
        re.compile(rf'(name="{_NAMES}"\r?\n\r?\n)[^\r\n]+', re.IGNORECASE),
        rf"\1{GONE}",
    ),
    Rule(  # A header as it is written on the wire or in a log.
        ("authorization:", "api-key:", "cookie:"),
        re.compile(
            r"^((?:proxy-)?authorization|x-api-key|api-key|(?:set-)?cookie)(:\s*)[^\r\n]+",
            re.IGNORECASE | re.MULTILINE,
        ),
        rf"\1\2{GONE}",
    ),
    Rule(
        ("bearer",),
        re.compile(r"\b(bearer\s+)(?:[\w.~+/=-]{8,}|[\w.~+/=-]+\Z)", re.IGNORECASE),
        rf"\1{GONE}",
    ),
    Rule(  # Keys that say by their beginning whose they are: OpenAI, Hugging Face, GitHub, AWS, a signed JSON web token.
        ("sk-", "hf_", "ghp_", "github_pat_", "akia", "eyj"),
        re.compile(
            r"\b(?:sk-[\w-]{16,}|hf_\w{16,}|ghp_\w{16,}|github_pat_\w{16,}|AKIA[0-9A-Z]{12,}"
            r"|eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?)"
        ),
        GONE,
    ),
    Rule(  # postgresql://user:password@host
        ("@",),
        re.compile(r"(://[^/\s:@\"']*:)[^/\s@\"']+(?=@)"),
        rf"\1{GONE}",
    ),
)
# Nothing that any rule looks for is without one of these: most texts are through after this much.
GATE = (
    *("key", "secret", "passw", "pwd", "authorization", "cookie", "credential", "token", "bearer", "@"),
    *("sk-", "hf_", "ghp_", "github_pat_", "akia", "eyj"),
)


def redact(text: str) -> str:
    """The text without what looks like a secret; what is no secret stays byte for byte."""
    searched = text.encode("utf-8", "replace").translate(_LOWER, _NO_NEEDLE).decode("latin-1")
    for sign in GATE:
        if sign in searched:
            return _redacted(text, searched)
    return text


def _redacted(text: str, searched: str) -> str:
    for rule in RULES:
        if any(needle in searched for needle in rule.needles):
            text = rule.pattern.sub(rule.leaves, text)
    return text
