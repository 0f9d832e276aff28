"""`opea-harness up -f FILE`: a compose file in containers, under a project of its own, standing until Ctrl-C."""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.commands.containers import image_map
from harness.commands.standing import tell_ready, until_let_go, watched
from harness.commands.steps import Steps
from harness.compose.graph import wired
from harness.compose.processes import Raise
from harness.compose.project import Project
from harness.compose.raising import standing
from harness.composition.images import genuine_share
from harness.stack.stack import Keeping
from harness.stack.where import Where


async def up_project(project: Project, logs: Path, options: Mapping[str, Any]) -> None:
    """Raise it, print where everything is, and stand; a wire stands before every service that is a known comp."""
    images = image_map(options)
    with Steps(sys.stderr, quiet=options["quiet"]) as progress:
        share = genuine_share([part.image for part in project.parts.values() if part.service], images)
        mocks = sum(part.is_mock for part in project.parts.values())
        progress.say(
            f"{project.name}: {len(project.composition.services)} containers and {mocks} mocks, genuine images: {share}"
        )
        called = (
            project.megaservice.name if project.megaservice else "none is found, and none is needed to stand"
        )
        progress.say(f"megaservice: {called}")
        where = Where(folders=tuple(options["folders"]), images=images, pull=options["pull"], jaeger="none")
        keeping = Keeping(logs, logs / "journal.jsonl", seed=options["seed"])
        wish = Raise(project, where, keeping, wired(project), {})
        async with standing(wish, progress) as found:
            tell_ready(found.urls, as_json=options["as_json"])
            ended = asyncio.Event()
            await until_let_go(watched(lambda: found.running.ended, ended), ended, as_json=options["as_json"])
