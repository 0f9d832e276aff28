"""Prompt template: the data of a request put into a system and a user template, as the request of a language model."""

import re
from dataclasses import dataclass
from typing import Any

import orjson

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Refusal, Variant, World
from harness.opea.proto.documents import PrevQuestionDetails, PromptTemplateInput
from harness.opea.proto.generation import LLMParamsDoc

FOLDER = "comps/prompt_template/src"
HISTORY = "conversation_history"
DOCUMENTS = "reranked_docs"
TURNS_MAX = 3  # As many turns as upstream's naive history tells.
SYSTEM = (
    "### You are a helpful, respectful, and honest assistant. Answer from the search results; say so where they do not tell.\n"
    "### Search results: {reranked_docs}\n### Conversation history: {conversation_history}\n"
)
USER = "### Question: {user_prompt}\n### Answer:"

_PLACE = re.compile(r"\{(\w+)\}")
_QUESTION = re.compile(r"### Question:\s*(.+?)\s*(?:### Answer:|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Templates:
    """What a prompt is made of, with `{places}` for data."""

    system: str
    user: str

    @property
    def places(self) -> set[str]:
        """The names of all places."""
        return {*_PLACE.findall(self.system), *_PLACE.findall(self.user)}

    def wrong(self, data: set[str]) -> str | None:
        """Why the data cannot be put in, or None; the history is there whether the templates ask for it or not."""
        shared = set(_PLACE.findall(self.system)) & set(_PLACE.findall(self.user))
        if not self.system.strip() or not self.user.strip():
            return "Prompt templates cannot be empty."
        if not self.places:
            return "Prompt templates do not contain any placeholders."
        if shared:
            return f"System and user prompt templates share placeholders: {_set(shared)}"
        if data - self.places:
            return f"Prompt templates missing required placeholders: {_set(data - self.places)}"
        unexpected = self.places - data - {HISTORY}
        return f"Prompt templates contain unexpected placeholders: {_set(unexpected)}" if unexpected else None

    def filled(self, data: dict[str, str]) -> tuple[str, str]:
        """Both with their data; what is put in is not looked at again."""
        return (
            _PLACE.sub(lambda found: data[found[1]], self.system).strip(),
            _PLACE.sub(lambda found: data[found[1]], self.user).strip(),
        )


def _set(names: set[str]) -> str:
    """The names as Python shows a set, which is how upstream tells them; in order, so that equal requests have equal replies."""
    return "{" + ", ".join(map(repr, sorted(names))) + "}"


def process(request: PromptTemplateInput, world: World) -> LLMParamsDoc:
    """The prompt as `chat_template`, and the question of it as `query`."""
    templates = _chosen(request)
    wrong = templates.wrong(set(request.data))
    if wrong:
        raise Refusal(400, wrong)
    data = {name: _said(name, value) for name, value in request.data.items()}
    data.setdefault(HISTORY, _history(request) if HISTORY in templates.places else "")
    system, user = templates.filled(data)
    found = _QUESTION.search(user)
    return LLMParamsDoc(chat_template=f"{system}\n{user}", query=found[1].strip() if found else user)


def _chosen(request: PromptTemplateInput) -> Templates:
    """The request's own templates where it brings both and they say anything, else the default ones."""
    system, user = request.system_prompt_template or "", request.user_prompt_template or ""
    return Templates(system, user) if system and user and (system + user).strip() else Templates(SYSTEM, USER)


def _said(name: str, value: Any) -> str:
    if name == DOCUMENTS:
        if not isinstance(value, list):
            raise Refusal(400, f"data.{DOCUMENTS}: is no list of documents")
        return "\n\n".join(_document(each) for each in value)
    return _text(name, value)


def _text(name: str, value: Any) -> str:
    """All texts in a value, one after the other."""
    match value:
        case None:
            return ""
        case str():
            return value
        case list():
            return " ".join(_text(name, each) for each in value)
        case dict():
            return " ".join(_text(name, each) for each in value.values())
    raise Refusal(400, f"data.{name}: holds {value!r}, which is no text")


def _document(document: Any) -> str:
    """A document with the file that it is from, and the headers that it stands under."""
    if not isinstance(document, dict) or not (document.get("text") or document.get("metadata")):
        raise Refusal(400, f"data.{DOCUMENTS}: {str(document)[:80]} has neither text nor metadata")
    metadata = document.get("metadata")
    about = metadata if isinstance(metadata, dict) else {}
    headers = [str(about[f"Header{level}"]) for level in range(1, 8) if about.get(f"Header{level}")]
    section = f" | Section: {' > '.join(headers)}" if headers else ""
    file = about.get("url") or about.get("object_name") or "Unknown Source"
    return f"[File: {file}{section}]\n{document.get('text') or ''}"


def _history(request: PromptTemplateInput) -> str:
    turns = [each for each in request.conversation_history or () if _says(each)]
    if turns and request.conversation_history_parse_type.lower() != "naive":
        raise Refusal(
            400, f"conversation_history_parse_type: is {request.conversation_history_parse_type!r}; naive is the only one"
        )  # fmt: skip
    last = (request.conversation_history or [])[-TURNS_MAX:] if turns else []
    return "\n".join(f"User: {each.question}\nAssistant: {each.answer}" for each in last)


def _says(turn: PrevQuestionDetails) -> bool:
    return bool(turn.question.strip() or turn.answer.strip())


def _holds_data(request: Any, reply: Any) -> str | None:
    for name, value in request["data"].items():
        if isinstance(value, str) and value.strip() not in reply["chat_template"]:
            return f"chat_template: does not hold data.{name}, {value[:40]!r}"
    return None


def _no_place_left(request: Any, reply: Any) -> str | None:
    given = orjson.dumps([request["data"], request.get("conversation_history")]).decode()
    left = [place for place in _PLACE.findall(reply["chat_template"]) if f"{{{place}}}" not in given]
    return f"chat_template: still has the places {left}" if left else None


def _asks(request: Any, reply: Any) -> str | None:
    return None if reply["query"] in reply["chat_template"] else "query: is no part of chat_template"


QUESTION = "What is Deep Learning?"
DATA = {
    "user_prompt": QUESTION,
    DOCUMENTS: [{"text": "Deep learning is...", "metadata": {"url": "a.md", "Header1": "A"}}],
}
TRANSLATION = {
    "data": {"text": "ni hao", "source_lang": "chinese", "target_lang": "english"},
    "system_prompt_template": "Translate this from {source_lang} to {target_lang}:\n",
    "user_prompt_template": "{text}",
}  # fmt: skip


def _own(body: Any) -> bool:
    return bool(body.get("system_prompt_template") and body.get("user_prompt_template"))


INTERNAL = b'{"detail":"Internal server error"}'

COMPS = (
    Comp(
        id="prompt_template",
        title="opea_service@prompt_template",
        port=7900,
        service_type="PROMPT_TEMPLATE",
        image="opea/prompt-template:latest",
        endpoints=(
            Endpoint(
                "/v1/prompt_template",
                process,
                (
                    Variant(
                        "data",
                        PromptTemplateInput,
                        LLMParamsDoc,
                        examples=(
                            Example("default", {"data": DATA}, {"query": QUESTION, "stream": True}),
                            Example(
                                "history",
                                {"data": DATA, "conversation_history": [{"question": "Hello", "answer": "Hi"}]},
                                {"query": QUESTION},
                            ),
                            Example(
                                "translation",
                                TRANSLATION,
                                {"query": "ni hao", "chat_template": "Translate this from chinese to english:\nni hao"},
                            ),
                            Example("too-little", {**TRANSLATION, "data": {"text": "ni hao"}}, status=400),
                            Example("no-question", {"data": {DOCUMENTS: []}}, status=400),
                            Example("no-data", {}, status=422),
                        ),
                        laws=(
                            Law("holds-data", "every text of data stands in the prompt", _holds_data),
                            Law("no-place-left", "no place of a template is left empty", _no_place_left),
                            Law("asks", "the query is a part of the prompt", _asks),
                        ),
                    ),
                ),
                evidence="executed",
                source=f"{FOLDER}/opea_prompt_template_microservice.py, {FOLDER}/integrations/native.py",
                known=(
                    Deviation(
                        "does-not-fit",
                        "data that the default templates have no place for, or that lacks one, is an internal error",
                        lambda body: not _own(body),
                        500,
                        INTERNAL,
                        "application/json",
                        instead_of=400,
                    ),
                ),
                notes=(
                    "upstream keeps a request's templates for all who come after it without their own",
                    "promised is that templates count for their own request alone",
                    "the words of the default templates are the mock's own, their marks are upstream's",
                ),
            ),
        ),
    ),
)  # fmt: skip
