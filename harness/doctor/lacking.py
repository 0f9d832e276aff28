"""A setting that is not given, behind what a log says of the default that was read in its place."""

from dataclasses import replace

from harness.doctor.case import Case
from harness.doctor.seen import Container
from harness.doctor.translate import Translated, translated
from harness.lint.rules import needed_settings
from harness.lint.wiring import LOOPBACK

_UNREAD, _REFUSED = "wrong-connection-string", "connection-refused"


def explained(case: Case, container: Container, log: tuple[str, ...] = ()) -> Translated | None:
    """What a log says, its container's own if none is given; where that comes of a setting that it needs and is not given, this."""
    meaning = translated(log or container.log)
    if meaning is None or not (
        meaning.id == _UNREAD or (meaning.id == _REFUSED and meaning.host in ("", *LOOPBACK))
    ):
        return meaning
    found = (each for rule in needed_settings.RULES for each in rule.find(case.sources))
    lacking = next((each for each in found if each.spot.file == container.name), None)
    if lacking is None:
        return meaning
    names = lacking.mend.removeprefix("Give it ")
    fix = f"Give {names} to the service in `environment`, and start it anew"
    return replace(
        meaning,
        id="missing-variable",
        says=f"the variable {names} is not given",
        fix=fix,
        name=names,
        host="",
    )
