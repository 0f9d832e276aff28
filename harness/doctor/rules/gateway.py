"""What the megaservice answers to one question: nothing, an empty 200, an error that names its node."""

from collections.abc import Iterator

import orjson

from harness.answer import StreamReader, read_json
from harness.doctor.case import Case
from harness.doctor.finding import Found, Rank, Rule
from harness.doctor.seen import Answer, Probe
from harness.history import Op

_LATE = frozenset({"first_byte_timeout", "idle_timeout", "total_timeout"})


def _asked(case: Case) -> Iterator[tuple[Probe, Answer]]:
    for probe in case.seen.probes:
        answer = probe.answers.get("question")
        if probe.role == "gateway" and answer is not None:
            yield probe, answer


def _gone(case: Case) -> Iterator[Found]:
    for probe in case.seen.probes:
        answer = probe.answers.get("question") or probe.answers.get("ready")
        if probe.role == "gateway" and answer and answer.error and answer.error not in _LATE:
            yield Found(
                probe.subject,
                f"the megaservice does not answer ({answer.error})",
                (answer.told,),
                f"Start it, or correct --gateway; {probe.url} is where it was looked for",
                answer.error,
            )


def _refuses(case: Case) -> Iterator[Found]:
    for probe, answer in _asked(case):
        if answer.status < 400:
            continue
        node, why = _problem(answer)
        if answer.status in (404, 405) and not node:
            what, fix = (
                "the megaservice has no such route",
                "Give its whole address, such as --gateway http://HOST:8888/v1/chatqna",
            )
        elif node:
            what, fix = f"the megaservice fails at {node}: {why}", f"Mend {node} first"
        else:
            what, fix = (
                f"the megaservice answers {answer.status}",
                "Read its log for that request, and ask its nodes with --node NAME=URL",
            )
        yield Found(probe.subject, what, (answer.told,), fix, "", node)


def _problem(answer: Answer) -> tuple[str, str]:
    """The node and the reason, where the answer is a problem document; empty texts where it is none."""
    try:
        said = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return "", ""
    node = said.get("node") if isinstance(said, dict) else None
    return (str(node), str(said.get("kind") or said.get("detail"))) if node else ("", "")


def _empty(case: Case) -> Iterator[Found]:
    for probe, answer in _asked(case):
        if answer.status != 200 or answer.error:
            continue
        op = _read(answer)
        if not op.text.strip() and _is_json(answer):
            kind = answer.content_type.partition(";")[0]
            yield Found(
                probe.subject,
                f"the megaservice answers in JSON what it calls {kind}: who reads a stream finds no answer in it",
                (answer.told,),
                "Ask its last node for a stream (`stream: true`), or answer JSON as application/json",
                "empty-answer",
            )
        elif not op.text.strip() or op.error == "error_event":
            node = str((op.problem or {}).get("node") or "")
            yield Found(
                probe.subject,
                "the megaservice answers HTTP 200 with no answer in it"
                + (f": {op.detail}" if op.detail else ""),
                (answer.told,),
                f"Mend {node} first"
                if node
                else "A node failed and the megaservice says nothing: ask the nodes with --node NAME=URL, or see every "
                "hop with `opea-harness ask`",
                "empty-answer",
                node,
            )


def _is_json(answer: Answer) -> bool:
    """Is it a whole answer, whatever it is called?"""
    op = _op()
    read_json(op, answer.body)
    return bool(op.text)


def _op() -> Op:
    return Op(id="doctor", part="ask", question="", mode="stream")


def _read(answer: Answer) -> Op:
    op = _op()
    op.status, op.content_type = answer.status, answer.content_type
    if "json" in answer.content_type and "ndjson" not in answer.content_type:
        read_json(op, answer.body)
        return op
    reader = StreamReader(op, "openai")
    reader.feed(0, answer.body)
    reader.finish(0, is_clean=True)
    return op


def _late(case: Case) -> Iterator[Found]:
    for probe, answer in _asked(case):
        if answer.error in _LATE:
            yield Found(
                probe.subject,
                f"the megaservice did not answer a question within {answer.took_ms / 1000:.1f} s",
                (answer.told,),
                "See where the time goes: `opea-harness ask SCENARIO QUESTION --gateway URL`",
            )


RULES = (
    Rule("gateway-gone", Rank.ANSWER, "a megaservice that is not there", _gone),
    Rule(
        "gateway-fails", Rank.ANSWER, "a megaservice that answers with an error, and at which node", _refuses
    ),
    Rule("empty-answer", Rank.ANSWER, "a megaservice that answers 200 with nothing in it", _empty),
    Rule("gateway-late", Rank.DOUBT, "a megaservice that does not answer while the doctor waits", _late),
)
