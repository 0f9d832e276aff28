"""A scenario for a megaservice of which only the graph is known: which comps its nodes are, what it is asked, what must hold.

Where a scenario of ours has the same route, its questions and documents are asked; else a few that have no label, of which
only what holds for every megaservice can be judged.
"""

import base64
import io
import wave
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from harness.comp import Comp, nearest
from harness.errors import ScenarioError
from harness.gateway.seen import MegaserviceFile, Seen, SeenNode
from harness.history import Mode
from harness.megaservice import Megaservice, Node, NodeLimits
from harness.scenario import Latency, Objectives, Question, Scenario

LIMITS = NodeLimits(connect_s=1.0, first_byte_s=5.0, idle_s=5.0, total_s=12.0)
TOTAL_S = 20.0
STREAMING = ("LLM", "LVM")
QUESTIONS = (
    Question("greeting", "Good morning! What can you do for me?"),
    Question("tram", "When does the first tram leave in the morning?"),
    Question("translation", "Say in one sentence what a timetable is."),
)
LATENCY = Latency(first_ms=5.0, token_ms=4.0)
PICTURE = (  # One pixel, as PNG.
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def scenario_for(
    file: MegaserviceFile,
    scenarios: Mapping[str, Scenario],
    comps: Mapping[str, Comp],
    chosen: Mapping[str, str],
) -> Scenario:
    """The scenario of a file; `chosen` names comps of nodes. Raises ScenarioError for a node that no comp can stand in for."""
    seen = file.seen
    nodes = tuple(_node(each, comps, chosen.get(each.name), file) for each in seen.nodes)
    like = _like(seen, nodes, scenarios.values())
    support = like.megaservice.support if like else ()
    megaservice = Megaservice(seen.title, seen.path, nodes, support, total_s=TOTAL_S)
    says = f"{file.path.name} answers at {seen.path}, whole and in time, and says so when a node fails"
    latency = dict.fromkeys((node.name for node in nodes), LATENCY)
    if like is None:
        sees = any(node.service_type == "LVM" and not node.after for node in nodes)
        asking = ask_seeing if sees else ask
        return Scenario(
            file.name, says, megaservice, QUESTIONS, ask=asking, latency=latency, modes=file.modes
        )
    guarded = any(node.service_type == "GUARDRAIL" for node in nodes)
    questions = tuple(each for each in like.questions if guarded or not each.blocked)
    retriever = next((node.name for node in nodes if _is_retriever_of(like, node)), "")
    return replace(
        like,
        name=file.name,
        says=says,
        megaservice=megaservice,
        questions=questions,
        latency={**latency, **{name: value for name, value in like.latency.items() if name in latency}},
        retriever=retriever,
        modes=file.modes,
        objectives=_for(file.modes, like.objectives),
    )


def scenario_again(
    file: Mapping[str, Any],
    scenarios: Mapping[str, Scenario],
    comps: Mapping[str, Comp],
    chosen: Mapping[str, str],
) -> Scenario:
    """The scenario of a file that was run before, of what its run kept of it."""
    return scenario_for(MegaserviceFile.of_json(file), scenarios, comps, chosen)


def comp_of(node: SeenNode, comps: Mapping[str, Comp]) -> Comp | None:
    """The comp that a node most likely is: it serves the node's route, and name, port and kind speak for it."""
    words = {word for name in (node.host, node.port, node.url) for word in name.lower().split("_")}
    if "mm" in words:  # As MultimodalQnA calls its own.
        words.add("multimodal")

    def unlike(comp: Comp) -> tuple[Any, ...]:
        return (
            comp.id.rpartition(".")[2] not in words,
            comp.port != node.default_port,
            comp.service_type != node.service_type,
            len(comp.endpoints),  # One that serves little else is the more likely.
            comp.id,
        )

    serving = [comp for comp in comps.values() if comp.endpoint(node.path)]
    return min(serving, key=unlike, default=None)


def ask(text: str, stream: bool) -> dict[str, Any]:  # noqa: FBT001 - a scenario's `ask` has this shape
    """A request with what any of OPEA's megaservices reads; each passes over the rest."""
    return {
        "messages": text,
        "stream": stream,
        "type": "text",
        "audio": spoken(),
        "language_from": "English",
        "language_to": "German",
        "source_language": text,
        "source_code": f"# {text}",
        "query": text,
    }


def ask_seeing(text: str, stream: bool) -> dict[str, Any]:  # noqa: FBT001 - a scenario's `ask` has this shape
    """The same with a picture, for a megaservice whose first node looks at one."""
    content = [{"type": "text", "text": text}, {"type": "image_url", "image_url": {"url": PICTURE}}]
    return {**ask(text, stream), "messages": [{"role": "user", "content": content}]}


def spoken() -> str:
    """Half a second of silence as WAV, in base64: what is asked of a megaservice that listens."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16000)
        writer.writeframes(bytes(16000))
    return base64.b64encode(sound.getvalue()).decode()


def _node(seen: SeenNode, comps: Mapping[str, Comp], chosen: str | None, file: MegaserviceFile) -> Node:
    comp = comps.get(chosen) if chosen else comp_of(seen, comps)
    if comp is None and chosen:
        raise ScenarioError(
            f"--node {seen.name}=mock:{chosen}: is no comp; comps are {', '.join(sorted(comps))}"
        )
    if comp is None:
        raise ScenarioError(
            f"{file.path}: node {seen.name} calls POST {seen.path}, which no comp serves; the nearest is "
            f"{nearest(list(comps.values()), 'POST', seen.path)}; --node {seen.name}=mock:COMP or =URL says what it is"
        )
    return Node(
        seen.name,
        comp.id,
        seen.path,
        seen.after,
        service_type=seen.service_type,
        streams=seen.service_type in STREAMING,
        dialect=_dialect(comp, seen.path),
        limits=LIMITS,
    )


def _dialect(comp: Comp, path: str) -> Any:
    endpoint = comp.endpoint(path)
    variants = endpoint.variants if endpoint else ()
    return next((variant.dialect for variant in variants if variant.dialect), "openai")


def _like(seen: Seen, nodes: Iterable[Node], scenarios: Iterable[Scenario]) -> Scenario | None:
    """The scenario of ours that asks the same route; of several the one whose nodes are most like these."""
    comps = {node.service_type for node in nodes}
    same = [each for each in scenarios if each.megaservice.path == seen.path]
    return max(
        same,
        key=lambda each: (
            -len(comps ^ {node.service_type for node in each.megaservice.nodes}),
            -len(each.name),
        ),
        default=None,
    )


def modes_of(seen: Seen) -> tuple[Mode, ...]:
    """How a megaservice is asked unless its user says otherwise: for streams too where a model is what answers."""
    before = {name for node in seen.nodes for name in node.after}
    answering = {node.service_type for node in seen.nodes if node.name not in before}
    return ("json", "stream") if answering & set(STREAMING) else ("json",)


def _for(modes: tuple[Mode, ...], objectives: Objectives) -> Objectives:
    """The objectives without those of streams where there are none."""
    return objectives if "stream" in modes else replace(objectives, ttft_ms=None, itl_ms_mean=None)


def _is_retriever_of(like: Scenario, node: Node) -> bool:
    """Whether what the scenario reads of its retriever's replies can be read of this node's."""
    return bool(like.retriever) and like.megaservice.node(like.retriever).comp == node.comp
