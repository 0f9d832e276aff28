"""Models that were never pulled, or that are not the ones that are asked for."""

from collections.abc import Iterator

from harness.doctor.case import Case
from harness.doctor.finding import Found, Rank, Rule
from harness.doctor.identity import models_of
from harness.doctor.seen import Probe

# The variables by which a service or its caller names the model that is to answer.
_NAMES = ("LLM_MODEL_ID", "LLM_MODEL", "OLLAMA_MODEL", "MODEL_ID", "LLM_MODEL_NAME")
_OWN = "/api/tags"  # Ollama's list; the servers with OpenAI's API have /v1/models.


def _wanted(case: Case, subject: str) -> dict[str, str]:
    """The models that are asked for, and the setting that asks: the server's own, and its callers'."""
    found: dict[str, str] = {}
    server = next((each for each in case.seen.containers if each.label == subject), None)
    callers = [each.caller for each in case.called if server is not None and each.callee is server]
    for container in (*([server] if server else []), *callers):
        for name in _NAMES:
            if value := container.environment.get(name):
                found.setdefault(value, f"environment of {container.name}: {name}={value}")
    return found


def _missing(case: Case) -> Iterator[Found]:
    for probe in case.seen.probes:
        there = models_of(probe)
        if there is None or not _is_ollama(probe):
            continue
        wanted = _wanted(case, probe.subject)
        absent = {model: why for model, why in wanted.items() if not _has(there, model)}
        container = next((each.name for each in case.seen.containers if each.label == probe.subject), "")
        shell = f"docker exec {container} " if container else ""
        if absent:
            names = ", ".join(absent)
            held = f"; it has {', '.join(there)}" if there else "; it has none at all"
            yield Found(
                probe.subject,
                f"the model {names} was never pulled{held}",
                (probe.answers["models"].told, *absent.values()),
                f"Run `{shell}ollama pull {next(iter(absent))}`",
                "model-not-pulled",
            )
        elif not there:
            yield Found(
                probe.subject,
                "no model was ever pulled",
                (probe.answers["models"].told,),
                f"Run `{shell}ollama pull MODEL` with the model that its callers ask for",
                "model-not-pulled",
            )


def _has(there: list[str], model: str) -> bool:
    return any(model in (name, name.removesuffix(":latest")) for name in there)


def _is_ollama(probe: Probe) -> bool:
    return _OWN in probe.answers["models"].asked


def _unlike(case: Case) -> Iterator[Found]:
    for probe in case.seen.probes:
        there = models_of(probe)
        if not there or _is_ollama(probe):
            continue
        for model, why in _wanted(case, probe.subject).items():
            if model not in there:
                yield Found(
                    probe.subject,
                    f"serves {', '.join(there)}, and is asked for {model}",
                    (probe.answers["models"].told, why),
                    "Give the server and its callers the same model (LLM_MODEL_ID)",
                    "model-unlike",
                )


RULES = (
    Rule("model-not-pulled", Rank.SETTING, "Ollama without the model that is asked for", _missing),
    Rule("model-unlike", Rank.SETTING, "a model server with another model than its callers ask for", _unlike),
)
