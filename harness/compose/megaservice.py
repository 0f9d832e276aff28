"""Which service is the megaservice: the one that is told where the most comps are, and is none itself."""

from harness.compose.project import Part, Project

TELLING = "MEGA_SERVICE_HOST_IP"
FRONTS = ("nginx", "-ui", "ui-server")  # What stands before a megaservice is told of comps too.


def candidates(project: Project) -> list[str]:
    """The services that look like it: several where the file does not tell, none where nothing does."""
    ranks = {part.name: _rank(project, part) for part in project.parts.values()}
    best = max(ranks.values(), default=(0, 0))
    return [name for name, rank in ranks.items() if rank == best] if any(best) else []


def _rank(project: Project, part: Part) -> tuple[int, int]:
    """Whether its settings name the megaservice, and how many comps it is told of or waits for."""
    if part.comp is not None or part.service is None or any(word in part.service.image for word in FRONTS):
        return 0, 0
    named = {other.name for other in project.called_by(part).values() if other.comp}
    waits = {name for name in part.after if project.parts[name].comp}
    return int(TELLING in part.environment and bool(named | waits)), len(named | waits)
