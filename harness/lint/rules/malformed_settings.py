"""Values that no program can use as they are: in quotes, with a blank at the end, or an address of which a part is empty."""

import re
from collections.abc import Iterator

from harness.lint.finding import Found, Rule
from harness.lint.rules.needed_settings import NEEDS
from harness.lint.sources import Sources
from harness.lint.wiring import shown

_ADDRESS = re.compile(r"['\"]?[a-z][a-z0-9+.]*://", re.IGNORECASE)
_QUOTED = re.compile(r"(['\"])[^'\"]+\1")
# What comps and their callers read is named so; in other variables quotes may be meant.
_READ = re.compile(r"_(?:ID|MODEL|TOKEN|NAME|HOST|IP|PORT|KEY|USER|PASSWORD|DB|ENDPOINT|URL|STRING)$")
_LEFT = re.compile(r"\$\{\w+[^}]*\}|\$\w+")
_NO_HOST = re.compile(r"://(?:[^@/\s]*@)?:\d*(?:/|$)|^https?://(?:/|$)", re.IGNORECASE)
_NO_PORT = re.compile(r"://[^/\s]*[^/\s:]:(?:/|$)")
_BARE = re.compile(r"[\w.\-]+:\d+(?:/\S*)?")
_HTTP = {name for need in NEEDS for name in need.variables if name.endswith("_ENDPOINT")}


def _find(sources: Sources) -> Iterator[Found]:
    for service in sources.compose.services.values() if sources.compose else ():
        for name, written in service.environment.items():
            if written and (wrong := _wrong(name, shown(written.text, service.given))):
                what, mend = wrong
                yield Found(written.spot, f"{service.name} ({name}) {what}", mend)


def _wrong(name: str, text: str) -> tuple[str, str] | None:
    """What is wrong with a value, and what would be right; None for nothing."""
    is_address = bool(_ADDRESS.match(text))
    if _QUOTED.fullmatch(text.strip()) and (is_address or _READ.search(name)):
        return "has quotes around it, which are a part of the value", "Write the value without quotes"
    if text.endswith("\r") or (is_address and text != text.strip()):
        return (
            "ends with a blank, which is a part of the value",
            "Take it away; with Windows' line ends each line of a file has one",
        )
    if name in _HTTP and _BARE.fullmatch(text):
        return f"is {text}, an address without http:// before it", f"Write http://{text}"
    if not is_address:
        return None
    if left := _LEFT.search(text):
        return f"holds {left[0]}, which nobody has filled in", f"Give the value of {left[0]}"
    if _NO_HOST.search(text):
        return "is an address without a host", "See which variable it is made of: that one is empty"
    if _NO_PORT.search(text):
        return (
            "is an address without the port after its colon",
            "See which variable it is made of: that one is empty",
        )
    return None


RULES = (
    Rule(
        "setting-malformed",
        "The program takes the value as it is, and can neither parse nor call it.",
        "Write the value as the program reads it",
        _find,
    ),
)
