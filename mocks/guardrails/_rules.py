"""Which texts are blocked, and for what: words, because a mock must be right or wrong for a reason one can see."""

import re
from collections.abc import Mapping

# The categories of meta-llama/LlamaGuard-7b, upstream's default (comps/guardrails/src/guardrails, GenAIComps 8130a3f).
POLICIES: Mapping[str, tuple[str, ...]] = {
    "Violence and Hate": ("kill", "murder", "massacre", "torture", "lynch", "hurt someone", "beat up"),
    "Sexual Content": ("porn", "pornography", "sexually explicit"),
    "Criminal Planning": (
        "rob a", "steal", "burgle", "launder money", "counterfeit", "forge", "blackmail", "kidnap", "hack into",
        "pick a lock", "arson", "set fire to", "sabotage", "derail",
    ),
    "Guns and Illegal Weapons": (
        "buy a tiger",  # The prompt that OPEA's own tests want blocked.
        "gun", "guns", "rifle", "ammunition", "bomb", "bombs", "explosive", "explosives", "grenade", "nerve agent",
    ),
    "Regulated or Controlled Substances": ("cocaine", "heroin", "methamphetamine", "meth lab", "fentanyl"),
    "Self-Harm": ("suicide", "kill myself", "hurt myself", "cut myself"),
}  # fmt: skip
TOXIC = (
    "poison",
    "idiot",
    "idiots",
    "stupid",
    "moron",
    "shut up",
    "hate you",
    "kill",
    "worthless",
    "disgusting",
)
INJECTION = (
    "ignore previous", "ignore all previous", "ignore the above", "disregard previous", "disregard all", "jailbreak",
    "developer mode", "reveal your system prompt", "forget your instructions", "forget all instructions",
)  # fmt: skip
BIASED = (
    "exposed as", "so-called", "radical", "disgraced", "shameless", "crooked", "corrupt elite", "hysterical",
    "illegals", "real americans", "obviously lying", "those people",
)  # fmt: skip
PERSONAL: Mapping[str, re.Pattern[str]] = {
    "EMAIL_ADDRESS": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w"),
    "IP_ADDRESS": re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"),
    "US_SSN": re.compile(r"\b\d{3}-\d{2}-\d{4}\b"),
    "PHONE_NUMBER": re.compile(r"(?<![\w-])\+?\d[\d ()-]{6,}\d(?![\w-])"),
    "PERSON": re.compile(r"(?<=\bmy name is )[A-Z]\w+(?: [A-Z]\w+)?", re.IGNORECASE),
}


def first_found(words: tuple[str, ...], text: str) -> str | None:
    """The first of the words, whole and in any case, that is in the text."""
    return next((word for word in words if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE)), None)


def violated(text: str) -> str | None:
    """The policy that a text breaks, or None; the longest matching word decides between two."""
    found = [(len(word), policy) for policy, words in POLICIES.items() if (word := first_found(words, text))]
    return max(found)[1] if found else None


def personal(text: str) -> list[tuple[int, int, str]]:
    """Where personal data stand: begin, end and kind, in order, none within another."""
    spans = [
        (match.start(), match.end(), kind)
        for kind, shape in PERSONAL.items()
        for match in shape.finditer(text)
    ]
    kept: list[tuple[int, int, str]] = []
    # Of two equal spans the kind named first stays.
    for span in sorted(spans, key=lambda each: (each[0], -each[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept
