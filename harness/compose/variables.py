"""What gives a compose file's variables their values, and which of those that it uses nothing gives.

The shell's environment goes before the file of `--env-file`, or, where none is given, the `.env` beside the compose file.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from harness.errors import UsageError
from harness.lint.variables import Use, filled, pieces

_SETTING = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*?)\s*$")
_ESCAPES = {"\\n": "\n", "\\r": "\r", "\\t": "\t", '\\"': '"', "\\\\": "\\", "\\$": "$$"}
_ESCAPED = re.compile(r"\\[nrt\"\\$]")

Values = Mapping[str, str]


def environment(shell: Values, file: Path | None, beside: Path) -> dict[str, str]:
    """All that gives variables their values; raises UsageError for an env file that is not there."""
    if file is not None and not file.is_file():
        raise UsageError(f"--env-file {file}: is no file; it holds lines such as HF_TOKEN=...")
    chosen = file or beside / ".env"
    own = settings(chosen, shell) if chosen.is_file() else {}
    return {**own, **shell}


def settings(path: Path, given: Values) -> dict[str, str]:
    """The settings of an env file, in which a value may use those above it and what is given."""
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if not line.lstrip().startswith("#") and (match := _SETTING.match(line)):
            found[match[1]] = _value(match[2], {**found, **given})
    return found


def _value(written: str, given: Values) -> str:
    quote = written[:1]
    end = written.rfind(quote)
    if quote == "'" and end > 0:
        return written[1:end]
    if quote == '"' and end > 0:
        text = _ESCAPED.sub(lambda match: _ESCAPES[match[0]], written[1:end])
    else:
        text = re.split(r"(?:^|\s)#", written, maxsplit=1)[0].rstrip()
    return filled(text, given) or ""


def lacking(text: str, given: Values) -> Iterator[Use]:
    """The uses of variables that nothing gives, where the text would need one; a default that is not taken needs nothing."""
    for use in pieces(text):
        if isinstance(use, str):
            continue
        present = use.name in given and not (use.operator.startswith(":") and not given[use.name])
        if use.operator in ("", ":?", "?"):
            if not present:
                yield use
        elif present == use.operator.endswith("+"):
            yield from lacking(use.word, given)
