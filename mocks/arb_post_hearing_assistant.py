"""The assistant for arbitration hearings: what a transcript says of its case, as JSON in a text."""

import re
from typing import Any

import orjson

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Refusal, Variant, World
from harness.opea.proto.chat import ArbPostHearingAssistantChatCompletionRequest
from harness.opea.proto.generation import GeneratedDoc
from mocks._speech import heard

FOLDER = "comps/arb_post_hearing_assistant/src"
SENTENCES_MAX = 5
KEYS = frozenset(
    """case_number claimant respondent arbitrator hearing_date venue deadlines next_hearing outcome
    summary""".split()  # noqa: SIM905 - the names as upstream's prompt lists them
)

_NAME = r"(?:,|:| is)? ((?:(?:Mr|Ms|Mrs|Dr|Justice)\.? )?[A-Z][\w'&-]*(?: [A-Z][\w'&-]*)*)"
_DATE = r"((?:\d{4}-\d{2}-\d{2}|\d{1,2} [A-Z][a-z]+ \d{4}|[A-Z][a-z]+ \d{1,2},? \d{4})(?: at \d{1,2}:\d{2}(?: ?[AP]M)?)?)"
_PARTS = {
    "case_number": re.compile(r"\b([A-Z]{2,}/\d{4}/\d+)\b"),
    "claimant": re.compile(rf"\b[Cc]laimant{_NAME}"),
    "respondent": re.compile(rf"\b[Rr]espondent{_NAME}"),
    "arbitrator": re.compile(rf"\b[Aa]rbitrator{_NAME}"),
    "hearing_date": re.compile(rf"\b[Hh]earing (?:of|on) {_DATE}"),
    "venue": re.compile(rf"\b[Vv]enue{_NAME}"),
}
_DEADLINE = re.compile(rf"\b(?:file|submit|serve|exchange) ([\w ]+?) by {_DATE}")
_NEXT = re.compile(
    rf"\bnext hearing (?:is |will be )?(?:on |set for )?{_DATE}(?: for ([\w -]+))?", re.IGNORECASE
)
_OUTCOME = re.compile(r"\b(adjourned|postponed|dismissed|settled|concluded)\b(?: because of ([\w ]+))?")
_STAMP = re.compile(r"\[\d{1,2}:\d{2}(?: ?[AP]M)?\]\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\[])")


def assist(request: ArbPostHearingAssistantChatCompletionRequest, world: World) -> GeneratedDoc:
    """What the transcript says, found by rule, as JSON in `text`; what it does not say is left out. Never a stream."""
    messages = request.messages
    transcript = messages if isinstance(messages, str) else heard(messages)[0]
    if not transcript.strip():
        raise Refusal(400, "messages: hold no transcript; there is nothing to work on")
    return GeneratedDoc(text=orjson.dumps(extracted(transcript)).decode(), prompt=transcript)


def extracted(transcript: str) -> dict[str, Any]:
    """What a transcript says of its case, by upstream's keys."""
    text = " ".join(_STAMP.sub("", transcript).split())
    found: dict[str, Any] = {name: hit[1] for name, part in _PARTS.items() if (hit := part.search(text))}
    deadlines = [{"item": item.strip(), "date": date} for item, date in _DEADLINE.findall(text)]
    if deadlines:
        found["deadlines"] = deadlines
    if hit := _NEXT.search(text):
        found["next_hearing"] = _told(next_date=hit[1], purpose=hit[2])
    if hit := _OUTCOME.search(text):
        found["outcome"] = _told(outcome=hit[1], reason=hit[2])
    return {**found, "summary": " ".join(_SENTENCE_END.split(text)[:SENTENCES_MAX])}


def _told(**parts: str | None) -> dict[str, str]:
    return {name: value.strip() for name, value in parts.items() if value}


def _is_json(request: Any, reply: Any) -> str | None:
    try:
        said = orjson.loads(reply["text"])
    except orjson.JSONDecodeError:
        return f"text: {reply['text'][:40]!r} is no JSON"
    if not isinstance(said, dict):
        return "text: is JSON, and no object"
    strange = set(said) - KEYS
    return f"text: has keys that were not asked for: {sorted(strange)}" if strange else None


def _keeps_prompt(request: Any, reply: Any) -> str | None:
    asked = request["messages"]
    return None if not isinstance(asked, str) or reply["prompt"] == asked else "prompt: is not what was asked"


TRANSCRIPT = (
    "[10:00 AM] This is the hearing on 2025-09-17 in case ARB/2025/0917. The arbitrator is Dr. Rao. The claimant, Acme Rail, claims "
    "damages. The respondent, Tram Works, denies them. Both parties shall file written statements by 2025-10-01. The hearing is "
    "adjourned because of illness. The next hearing is on 2025-10-15 for cross-examination."
)
FOUND = {
    "case_number": "ARB/2025/0917",
    "claimant": "Acme Rail",
    "respondent": "Tram Works",
    "arbitrator": "Dr. Rao",
    "hearing_date": "2025-09-17",
    "deadlines": [{"item": "written statements", "date": "2025-10-01"}],
    "next_hearing": {"next_date": "2025-10-15", "purpose": "cross-examination"},
    "outcome": {"outcome": "adjourned", "reason": "illness"},
}

COMPS = (
    Comp(
        id="arb_post_hearing_assistant",
        title="opea_service@arb_post_hearing_assistant",
        port=9000,
        service_type="ARB_POST_HEARING_ASSISTANT",
        image="opea/arb-post-hearing-assistant:latest",
        endpoints=(
            Endpoint(
                "/v1/arb-post-hearing",
                assist,
                (
                    Variant(
                        "transcript",
                        ArbPostHearingAssistantChatCompletionRequest,
                        GeneratedDoc,
                        examples=(
                            Example("string", {"messages": TRANSCRIPT}, {"prompt": TRANSCRIPT}),
                            Example("never-streams", {"messages": TRANSCRIPT, "stream": True}, {"prompt": TRANSCRIPT}),
                            Example(
                                "messages",
                                {"messages": [{"role": "user", "content": TRANSCRIPT}]},
                                {"prompt": TRANSCRIPT},
                            ),
                            Example("empty", {"messages": " "}, status=400),
                            Example("nothing", {}, status=422),
                        ),
                        laws=(
                            Law("is-json", "the text is a JSON object of upstream's keys", _is_json),
                            Law("keeps-prompt", "the prompt is the transcript", _keeps_prompt),
                        ),
                    ),
                ),
                evidence="executed",
                source=f"{FOLDER}/opea_arb_post_hearing_assistant_microservice.py, {FOLDER}/integrations/common.py",
                handler="llm_generate",
                declares=Any,
                known=(
                    Deviation(
                        "messages",
                        "a list of messages is an internal error",
                        lambda body: isinstance(body["messages"], list),
                        500,
                    ),
                ),
                notes=(
                    "stream is taken and passed over: the reply is one JSON object, whose text is a JSON document",
                    "chunk_size, chunk_overlap, summary_type and type are passed over too",
                    "whether the text is JSON is up to upstream's model",
                ),
            ),
        ),
    ),
)  # fmt: skip
