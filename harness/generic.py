"""A scenario for a megaservice of which only the graph is known: which comps its nodes are, what it is asked, what must hold.

Where a scenario of ours has the same route, or the graph searches what one of ours fills, its questions and documents are asked; else
a few that have no label, of which only what holds for every megaservice can be judged. A label is kept where what answers can know it.
"""

import base64
import io
import wave
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from harness.comp import Comp, Dialect, nearest
from harness.errors import ScenarioError
from harness.gateway.seen import MegaserviceFile, Seen, SeenNode
from harness.history import Mode
from harness.megaservice import Megaservice, Node, NodeLimits, leaves
from harness.scenario import Latency, Question, Scenario

LIMITS = NodeLimits(connect_s=5.0, first_byte_s=5.0, idle_s=5.0, total_s=12.0)
TOTAL_S = 20.0
STREAMING = ("LLM", "LVM")
FINDING = ("RETRIEVER", "RERANK")
OF_NO_TEXT = {"ASR", "LVM"}  # What hears or sees is not asked about texts.
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
    return as_found(_scenario(file, scenarios, comps, chosen), file.modes, file.unasked)


def as_found(scenario: Scenario, modes: tuple[Mode, ...], unasked: tuple[str, ...]) -> Scenario:
    """The scenario asked in these modes alone, knowing to which nodes no question leads; where nothing is searched, no label is right."""
    objectives = (
        scenario.objectives
        if "stream" in modes
        else replace(scenario.objectives, ttft_ms=None, itl_ms_mean=None)
    )
    found = replace(scenario, modes=modes, unasked=unasked, objectives=objectives)
    if scenario.retriever not in unasked:
        return found
    return replace(found, retriever="", questions=_unlabelled(found.questions))


def _scenario(
    file: MegaserviceFile,
    scenarios: Mapping[str, Scenario],
    comps: Mapping[str, Comp],
    chosen: Mapping[str, str],
) -> Scenario:
    seen = file.seen
    there = {
        node.comp
        for each in scenarios.values()
        if each.megaservice.path == seen.path
        for node in each.megaservice.nodes
    }
    nodes = tuple(_node(each, comps, chosen.get(each.name), file, there) for each in seen.nodes)
    beside = tuple(filter(None, (_beside(each, comps, chosen.get(each.name)) for each in seen.beside)))
    like = _like(seen, nodes, scenarios.values())
    support = like.megaservice.support if like else ()
    megaservice = Megaservice(
        seen.title, seen.path, nodes, support, beside, dialect=_spoken_by(nodes), total_s=TOTAL_S
    )
    says = f"{file.path.name} answers at {seen.path}, whole and in time, and says so when a node fails"
    latency = dict.fromkeys((node.name for node in nodes), LATENCY)
    made = Scenario(file.name, says, megaservice, QUESTIONS, ask=_asking(nodes), latency=latency)
    if like is None:
        return made
    asked = replace(
        made,
        questions=_questions(like, nodes),
        documents=like.documents,
        retriever=next((node.name for node in nodes if _is_retriever_of(like, node)), ""),
        ranked=like.ranked,
    )
    return _as_asked_there(asked, like) if like.megaservice.path == seen.path else asked


def _as_asked_there(made: Scenario, like: Scenario) -> Scenario:
    """The scenario as the other with the same route has it, in all but what its own nodes and questions make of it."""
    pace = {name: value for name, value in like.latency.items() if name in made.latency}
    return replace(
        like,
        name=made.name,
        says=made.says,
        megaservice=made.megaservice,
        questions=made.questions,
        latency={**made.latency, **pace},
        retriever=made.retriever,
    )


def scenario_again(
    file: Mapping[str, Any],
    scenarios: Mapping[str, Scenario],
    comps: Mapping[str, Comp],
    chosen: Mapping[str, str],
) -> Scenario:
    """The scenario of a file that was run before, of what its run kept of it."""
    return scenario_for(MegaserviceFile.of_json(file), scenarios, comps, chosen)


def comp_of(node: SeenNode, comps: Mapping[str, Comp], like: Collection[str] = ()) -> Comp | None:
    """The comp that a node most likely is: it serves the node's route, and name, port, kind and a scenario like it speak for it."""
    words = {word for name in (node.host, node.port, node.url) for word in name.lower().split("_")}
    if "mm" in words:  # As MultimodalQnA calls its own.
        words.add("multimodal")

    def unlike(comp: Comp) -> tuple[Any, ...]:
        return (
            comp.id.rpartition(".")[2] not in words,
            comp.port != node.default_port,
            comp.service_type != node.service_type,
            comp.id not in like,
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


def _node(
    seen: SeenNode,
    comps: Mapping[str, Comp],
    chosen: str | None,
    file: MegaserviceFile,
    like: Collection[str],
) -> Node:
    comp = comps.get(chosen) if chosen else comp_of(seen, comps, like)
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


def _beside(seen: SeenNode, comps: Mapping[str, Comp], chosen: str | None) -> Node | None:
    """What stands in for what is called past the orchestrator; None where no comp serves it, which is the file's own affair."""
    comp = comps.get(chosen) if chosen else comp_of(seen, comps)
    if comp is None:
        serving = [each for each in comps.values() if _like_route(each, seen.path)]
        words = (seen.host or seen.url or seen.name).lower()
        comp = min(serving, key=lambda each: (each.id.rpartition(".")[2] not in words, each.id), default=None)
    if comp is None:
        return None
    path = seen.path if comp.endpoint(seen.path) else _like_route(comp, seen.path)
    return Node(seen.name, comp.id, path, service_type=seen.service_type, limits=LIMITS)


def _like_route(comp: Comp, path: str) -> str:
    """The route of a comp that is this one but for what goes before it, such as /v1; empty if it has none."""
    posts = (each.path for each in comp.endpoints if each.method == "POST")
    return next((each for each in posts if path.strip("/") and each.endswith(path)), "")


def _asking(nodes: Iterable[Node]) -> Callable[[str, bool], dict[str, Any]]:
    sees = any(node.service_type == "LVM" and not node.after for node in nodes)
    return ask_seeing if sees else ask


def _questions(like: Scenario, nodes: tuple[Node, ...]) -> tuple[Question, ...]:
    """What is asked of the graph: with a label where its answer can be known, and harmful only where something guards.

    Documents that were searched hold the answer; that there is none they cannot say. Of another model than the scenario's, such as one
    that makes questions of a text, nothing is known.
    """
    guarded = any(node.service_type == "GUARDRAIL" for node in nodes)
    asked = [each for each in like.questions if guarded or not each.blocked]
    answering = leaves(nodes)
    if all(node.service_type in FINDING for node in answering):
        return tuple(each for each in asked if each.answerable)
    routes = {node.path for node in leaves(like.megaservice.nodes)}
    if {node.path for node in answering} <= routes:
        return tuple(asked)
    return _unlabelled(asked)


def _unlabelled(questions: Iterable[Question]) -> tuple[Question, ...]:
    """The questions of which nobody says what a right answer holds."""
    return tuple(replace(each, answer=()) for each in questions if each.answerable)


def _spoken_by(nodes: tuple[Node, ...]) -> Dialect:
    """The dialect of the answer's stream where that does not show its own: the model's, whose stream is handed through."""
    return next((node.dialect for node in leaves(nodes) if node.streams), "openai")


def _dialect(comp: Comp, path: str) -> Any:
    endpoint = comp.endpoint(path)
    variants = endpoint.variants if endpoint else ()
    return next((variant.dialect for variant in variants if variant.dialect), "openai")


def _like(seen: Seen, nodes: Iterable[Node], scenarios: Iterable[Scenario]) -> Scenario | None:
    """The scenario of ours that asks the same route, else one that fills what is searched; of several the one with the most like nodes."""
    nodes, known = tuple(nodes), tuple(scenarios)
    comps = {node.service_type for node in nodes}
    same = [each for each in known if each.megaservice.path == seen.path]
    kin = [
        each
        for each in known
        if not comps & OF_NO_TEXT and any(_is_retriever_of(each, node) for node in nodes)
    ]
    return max(
        same or kin,
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


def _is_retriever_of(like: Scenario, node: Node) -> bool:
    """Whether what the scenario reads of its retriever's replies can be read of this node's."""
    return bool(like.retriever) and like.megaservice.node(like.retriever).comp == node.comp
