"""Language detection: from which language into which an answer is to be translated, as the variables of a prompt."""

import re
from collections.abc import Callable
from typing import Any

import orjson

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Refusal, Variant, World
from harness.opea.proto.docarray import GeneratedDoc, PromptTemplateInput, TranslationInput
from mocks._languages import LANGUAGES, language

SYSTEM_PROMPT = "Translate this from {source_lang} to {target_lang}:\n{source_lang}:\n"
USER_PROMPT = "{text}\n\n{target_lang}:\n"
SAME = "en"  # Upstream's source language where question and answer are in one: a code, unlike all others.

_QUESTION = re.compile(r"### Question:\s*(.*?)\s*(?=### Answer:|$)", re.DOTALL)


def detect(request: GeneratedDoc | TranslationInput, world: World) -> PromptTemplateInput:
    """An answer goes into the language of the question in its prompt, a text into the language that is named."""
    source, target = (
        _of_text(request) if isinstance(request, TranslationInput) else _of_answer(request)
    )  # fmt: skip
    return PromptTemplateInput(
        data={"text": request.text, "source_lang": source, "target_lang": target},
        system_prompt_template=SYSTEM_PROMPT,
        user_prompt_template=USER_PROMPT,
    )


def _of_text(request: TranslationInput) -> tuple[str, str]:
    _said(request.text, "Text to to be translated cannot be empty.")
    _said(request.target_language, "Target language cannot be empty.")
    source = _known(language(request.text), "Original language of text is not supported.")
    return source, _known(request.target_language.strip(), "Provided target language is not supported.")


def _of_answer(request: GeneratedDoc) -> tuple[str, str]:
    _said(request.prompt, "Initial query cannot be empty.")
    _said(request.text, "Answer from LLM cannot be empty.")
    asked = _QUESTION.search(request.prompt)
    if asked is None:
        raise _refusal("Question not found in the prompt!")
    target = _known(language(asked[1]), "Language of query is not supported.")
    source = _known(language(request.text), "Language of answer is not supported.")
    return (SAME if source == target else source), target


def _said(text: str, why: str) -> None:
    if not text.strip():
        raise _refusal(why)


def _known(name: str, why: str) -> str:
    if name not in LANGUAGES:
        raise _refusal(why)
    return name


def _refusal(why: str) -> Refusal:
    return Refusal(400, f"An internal error occurred while processing: {why}")


def _filled(request: Any, reply: Any) -> str | None:
    for name in ("source_lang", "target_lang"):
        if reply["data"].get(name) not in (*LANGUAGES, SAME):
            return f"data.{name}: is {reply['data'].get(name)!r}, no language that is known"
    return None


def _text_kept(request: Any, reply: Any) -> str | None:
    if reply["data"].get("text") == request["text"]:
        return None
    return f"data.text: is {reply['data'].get('text')!r}, given was {request['text']!r}"


def _templates(request: Any, reply: Any) -> str | None:
    both = f"{reply['system_prompt_template']}{reply['user_prompt_template']}"
    missing = [name for name in ("{source_lang}", "{target_lang}", "{text}") if name not in both]
    return f"the templates lack {missing[0]}" if missing else None


LAWS = (
    Law("languages", "both languages are known", _filled),
    Law("text-kept", "the text comes back unaltered", _text_kept),
    Law("templates", "the templates have a place for both languages and the text", _templates),
)
ANSWERED = {"text": "Hi. I am doing fine.", "prompt": "### Question: \u4f60\u597d\u5417 \n### Answer:"}
TEXT = {"text": "Hi. I am doing fine.", "target_language": "Chinese"}
FOUND = {"data": {"source_lang": "English", "target_lang": "Chinese"}}
VARIANTS = (
    Variant(
        "answer",
        GeneratedDoc,
        PromptTemplateInput,
        examples=(
            Example("chinese-question", ANSWERED, FOUND),
            Example(
                "same-language",
                {"text": "I am fine.", "prompt": "### Question: How are you? ### Answer:"},
                {"data": {"source_lang": SAME, "target_lang": "English"}},
            ),
            Example("no-question", {"text": "Hi.", "prompt": "What?"}, status=400),
            Example("no-answer", {"text": " ", "prompt": ANSWERED["prompt"]}, status=400),
            Example("nothing", {}, status=422),
        ),
        laws=LAWS,
    ),
    Variant(
        "text",
        TranslationInput,
        PromptTemplateInput,
        examples=(
            Example("into-chinese", TEXT, FOUND),
            Example(
                "from-german",
                {"text": "Wo ist die Tram?", "target_language": "French"},
                {"data": {"source_lang": "German", "target_lang": "French"}},
            ),
            Example("unknown-target", {"text": "Hi.", "target_language": "Klingon"}, status=400),
            Example("no-text", {"text": "", "target_language": "French"}, status=400),
        ),
        laws=LAWS,
    ),
)


def _other_mode(field: str, model: str, missing: str, applies: Callable[[Any], bool]) -> Deviation:
    words = f"An error occurred while processing: '{model}' object has no attribute '{missing}'"
    return Deviation(
        "other-mode",
        "the input of the other mode is an internal error, with its reason",
        lambda body: field in body and applies(body),
        500,
        orjson.dumps({"detail": words}),
        "application/json",
    )


def _comp(suffix: str, standalone: str, known: Deviation) -> Comp:
    return Comp(
        id=f"language_detection{suffix}",
        title="opea_service@language_detection",
        port=8069,
        service_type="LANGUAGE_DETECTION",
        image="opea/language-detection:latest",
        settings={"LANG_DETECT_STANDALONE": standalone},
        endpoints=(
            Endpoint(
                "/v1/language_detection",
                detect,
                VARIANTS,
                evidence="executed",
                source="comps/language_detection/src/opea_language_detection_microservice.py",
                known=(known,),
                notes=(
                    "LANG_DETECT_STANDALONE=True takes texts, all else takes answers; here both are taken",
                    "24 languages are known",
                ),
            ),
        ),
    )


COMPS = (
    _comp(
        "",
        "False",
        _other_mode("target_language", "TranslationInput", "prompt", lambda body: "prompt" not in body),
    ),
    # What has both is an answer; its text is looked at first.
    _comp(
        ".standalone",
        "True",
        _other_mode("prompt", "GeneratedDoc", "target_language", lambda body: bool(body["text"].strip())),
    ),
)
