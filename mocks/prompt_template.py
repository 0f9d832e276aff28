"""Prompt template: the data of a request put into a system and a user template, as the request of a language model."""

import re
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import ValidationError

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
    is_default: bool = False

    @property
    def places(self) -> set[str]:
        """The names of all places."""
        return {*_PLACE.findall(self.system), *_PLACE.findall(self.user)}

    def wrong(self, data: set[str]) -> str | None:
        """Why the data cannot be put in, or None; the history is there whether the templates ask for it or not.

        The default ones take all that they have a place for, and pass over the rest.
        """
        shared = set(_PLACE.findall(self.system)) & set(_PLACE.findall(self.user))
        if self.is_default:
            return None
        if not self.system.strip() or not self.user.strip():
            return "Prompt templates cannot be empty."
        if not self.places:
            return "Prompt templates do not contain any placeholders."
        if not data:
            return "Expected placeholders set cannot be empty."
        if shared:
            return f"System and user prompt templates share placeholders: {_set(shared)}"
        if data - self.places:
            return f"Prompt templates missing required placeholders: {_set(data - self.places)}"
        unexpected = self.places - data - {HISTORY}
        return f"Prompt templates contain unexpected placeholders: {_set(unexpected)}" if unexpected else None

    def tells_history(self, data: set[str]) -> bool:
        """Whether the history has a place; in templates of one's own what data holds by that name takes it."""
        return HISTORY in self.places and (self.is_default or HISTORY not in data)

    def filled(self, data: dict[str, str]) -> tuple[str, str]:
        """Both with their data, as Python formats texts; what is put in is not looked at again."""
        try:
            return self.system.format(**data).strip(), self.user.format(**data).strip()
        except ValueError as error:
            raise Refusal(400, str(error)) from None
        except (LookupError, AttributeError) as error:
            raise Refusal(422, f"data: does not fill the templates: {error}") from None


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
    if templates.tells_history(set(request.data)):
        data[HISTORY] = _history(request)
    system, user = templates.filled(data)
    found = _QUESTION.search(user)
    return LLMParamsDoc(chat_template=f"{system}\n{user}", query=found[1].strip() if found else user)


def _chosen(request: PromptTemplateInput) -> Templates:
    """The request's own templates where it brings both and they say anything, else the default ones."""
    system, user = request.system_prompt_template or "", request.user_prompt_template or ""
    if system and user and (system + user).strip():
        return Templates(system, user)
    default, keys = Templates(SYSTEM, USER, is_default=True), set(request.data)
    expected = default.places - {HISTORY}
    if system and user and keys != expected:
        raise Refusal(400, f"Input keys {_set(keys)} do not match expected {_set(expected)}")
    return default


def _said(name: str, value: Any) -> str:
    if name != DOCUMENTS:
        return _text(value)
    if not isinstance(value, str | list | dict):
        raise Refusal(422, f"data.{DOCUMENTS}: is {value!r}, no list of documents")
    return "\n\n".join(_document(each) for each in value)


def _text(value: Any) -> str:
    """All texts in a value, one after the other."""
    match value:
        case None:
            return ""
        case str():
            return value
        case list():
            return " ".join(map(_text, value))
        case dict():
            return " ".join(map(_text, value.values()))
    raise Refusal(400, f"Unsupported data type for text extraction: {type(value)}")


def _document(document: Any) -> str:
    """A document with the file that it is from, and the headers that it stands under."""
    if not isinstance(document, dict):
        raise Refusal(400, f"Unsupported document type: {type(document)}")
    about = document.get("metadata") or {}
    if not about and not document.get("text"):
        raise Refusal(400, f"Document {document} lacks metadata and text.")
    if not isinstance(about, dict):
        raise Refusal(422, f"metadata: is {about!r}, no object")
    headers = [about[f"Header{level}"] for level in range(1, 8) if about.get(f"Header{level}")]
    if not all(isinstance(each, str) for each in headers):
        raise Refusal(422, f"metadata: headers are {headers}, not all of them texts")
    section = f" | Section: {' > '.join(headers)}" if headers else ""
    file = about.get("url") or about.get("object_name") or "Unknown Source"
    return f"[File: {file}{section}]\n{document.get('text') or ''}"


def _history(request: PromptTemplateInput) -> str:
    turns = [each for each in request.conversation_history or () if _says(each)]
    kind = request.conversation_history_parse_type
    if turns and kind.lower() != "naive":
        words = f"Incorrect ConversationHistoryHandler parsing type. Got: {kind}. Expected: [naive, ]"
        raise Refusal(400, words)
    last = (request.conversation_history or [])[-TURNS_MAX:] if turns else []
    return "\n".join(f"User: {each.question}\nAssistant: {each.answer}" for each in last).strip()


def _says(turn: PrevQuestionDetails) -> bool:
    return bool(turn.question.strip() or turn.answer.strip())


def _holds_data(request: Any, reply: Any) -> str | None:
    told = request["data"] if _own(request) else {"user_prompt": request["data"].get("user_prompt")}
    for name, value in told.items():
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
    system, user = (body.get(f"{who}_prompt_template") or "" for who in ("system", "user"))
    return bool(system and user and (system + user).strip())


def _stumbles(body: Any) -> bool:
    """Whether upstream stumbles over a request: it refuses with 400 what it has looked for alone."""
    try:
        process(PromptTemplateInput.model_validate(body), World())
    except Refusal as refusal:
        return refusal.status == 422
    except ValidationError:
        pass
    return False


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
                            Example("no-question", {"data": {DOCUMENTS: []}}, status=422),
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
                        "data that leaves a place of the templates empty, and documents that are none, are internal errors",
                        _stumbles,
                        500,
                        INTERNAL,
                        "application/json",
                        instead_of=422,
                    ),
                ),
                notes=(
                    "upstream keeps a request's templates for all who come after it without their own",
                    "promised is that templates count for their own request alone",
                    "data that the default templates have no place for is passed over",
                    "the words of the default templates are the mock's own, their marks are upstream's",
                ),
            ),
        ),
    ),
)  # fmt: skip
