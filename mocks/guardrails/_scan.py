"""The LLM-Guard scanners that need no model, by their own settings; the others let everything pass."""

import re
from collections.abc import Sequence

from harness.opea.proto.scanners import (
    BanSubstringsModel,
    LLMGuardInputGuardrailParams,
    LLMGuardOutputGuardrailParams,
    RegexModel,
)
from mocks._speech import split
from mocks.guardrails._rules import INJECTION, TOXIC, first_found

TOKENS_MAX = 4096  # LLM-Guard's default limit.


def blocked_input(params: LLMGuardInputGuardrailParams | None, text: str) -> bool:
    """Whether an enabled scanner refuses a question."""
    if params is None:
        return False
    limit = params.token_limit.limit or TOKENS_MAX
    return (
        _banned(params.ban_substrings, text)
        or _matched(params.regex, text)
        or _mentioned(params.ban_topics.topics, text, enabled=params.ban_topics.enabled)
        or _mentioned(INJECTION, text, enabled=params.prompt_injection.enabled)
        or _mentioned(TOXIC, text, enabled=params.toxicity.enabled)
        or (params.token_limit.enabled and len(split(text)) > limit)
    )


def blocked_output(params: LLMGuardOutputGuardrailParams | None, text: str) -> bool:
    """Whether an enabled scanner refuses an answer."""
    if params is None:
        return False
    return (
        (_banned(params.ban_substrings, text) and not params.ban_substrings.redact)
        or _matched(params.regex, text)
        or _mentioned(params.ban_topics.topics, text, enabled=params.ban_topics.enabled)
        or _mentioned(TOXIC, text, enabled=params.toxicity.enabled)
    )


def sanitized(params: LLMGuardOutputGuardrailParams | None, text: str) -> str:
    """The answer with banned words blacked out, where that is wanted."""
    if params is None or not (params.ban_substrings.enabled and params.ban_substrings.redact):
        return text
    for word in params.ban_substrings.substrings:
        text = re.sub(re.escape(word), "[REDACTED]", text, flags=_case(params.ban_substrings))
    return text


def _banned(scanner: BanSubstringsModel, text: str) -> bool:
    if not scanner.enabled or not scanner.substrings:
        return False
    whole = r"\b" if scanner.match_type == "word" else ""
    found = [
        re.search(f"{whole}{re.escape(word)}{whole}", text, _case(scanner)) for word in scanner.substrings
    ]
    return all(found) if scanner.contains_all else any(found)


def _case(scanner: BanSubstringsModel) -> re.RegexFlag:
    return re.NOFLAG if scanner.case_sensitive else re.IGNORECASE


def _matched(scanner: RegexModel, text: str) -> bool:
    if not scanner.enabled:
        return False
    found = any(re.search(pattern, text) for pattern in scanner.patterns)
    return found if scanner.is_blocked is not False else not found


def _mentioned(words: Sequence[str], text: str, *, enabled: bool) -> bool:
    return enabled and first_found(tuple(words), text) is not None
