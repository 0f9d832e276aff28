"""Takes secrets out of text before it is kept: keys, tokens, passwords, Authorization.

Each rule is tried only where one of its needles stands in the text, because most bodies are vectors and answers,
and a search for a plain word costs a hundredth of a regular expression.
"""

import re
from dataclasses import dataclass

GONE = "[redacted]"

_NAMES = (
    r"(?:[\w.-]*[_-])?(?:api[_-]?key|access[_-]?key|secret(?:[_-]?key)?|password|passwd|pwd|authorization|cookie"
    r"|credentials?|(?:access|auth|bearer|client|hf|hub|id|private|refresh|session)[_-]?(?:token|secret))"
)
_NAME_NEEDLES = (
    *("key", "secret", "passw", "pwd", "authorization", "cookie", "credential", "_token", "-token"),
    *("accesstoken", "authtoken", "idtoken", "refreshtoken"),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What to look for, and what is left of it; a rule without any of its `needles` (lower case) in the text is passed over."""

    needles: tuple[str, ...]
    pattern: re.Pattern[str]
    leaves: str


RULES = (
    Rule(  # "api_key": "..." in JSON; a value cut off at the end of what is kept counts too.
        _NAME_NEEDLES,
        re.compile(rf'("{_NAMES}"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|\\?\Z)', re.IGNORECASE),
        rf'\1"{GONE}"',
    ),
    Rule(  # "token": "..." in JSON, where it is long enough to be no word of an answer.
        ('token"',),
        re.compile(r'("token"\s*:\s*)"[^"\s]{16,}(?:"|\Z)', re.IGNORECASE),
        rf'\1"{GONE}"',
    ),
    Rule(  # api_key=... in a query or a form.
        (*_NAME_NEEDLES, "token="),
        re.compile(rf"((?:^|[?&;\s])(?:{_NAMES}|token)=)[^&\s;]+", re.IGNORECASE),
        rf"\1{GONE}",
    ),
    Rule(  # name="api_key" in a multipart form.
        _NAME_NEEDLES,
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
        ("bearer ",),
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
        ("://",),
        re.compile(r"(://[^/\s:@\"']*:)[^/\s@\"']+(?=@)"),
        rf"\1{GONE}",
    ),
)


def redact(text: str) -> str:
    """The text without what looks like a secret; what is no secret stays byte for byte."""
    lowered = text.lower()
    for rule in RULES:
        if any(needle in lowered for needle in rule.needles):
            text = rule.pattern.sub(rule.leaves, text)
    return text
