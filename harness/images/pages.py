"""The pages of `docs/checks/`, one a kind of check, written from what the checks' own modules say of them.

python -m harness.images.pages docs/checks
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from harness.contract import (
    bad_input,
    crowd,
    descriptors,
    drawn,
    fuzzing,
    lifecycles,
    openapi,
    promises,
    side,
    streaming,
)
from harness.contract.kind import LEVELS, Kind
from harness.images import boot, configuration, life, stopping

MODULES = (
    configuration,
    boot,
    life,
    side,
    openapi,
    promises,
    bad_input,
    drawn,
    fuzzing,
    streaming,
    descriptors,
    crowd,
    lifecycles,
    stopping,
)
KINDS: Mapping[str, Kind] = {kind.name: kind for module in MODULES for kind in module.KINDS}
INDEX = "README.md"


def pages() -> dict[str, str]:
    """Every page's text by its file's name, the index among them."""
    return {INDEX: _index(), **{kind.page: _page(kind) for kind in KINDS.values()}}


def _index() -> str:
    lines = [
        "# Checks",
        "",
        "What `pytest -m contract` and `opea-harness validate` ask of a comp (of an image also L0 and L11), by level. A check's id is",
        "`<comp>.<endpoint>.<kind>.<name>`; its kind has a page here. These pages are written by",
        "`python -m harness.images.pages docs/checks`.",
    ]
    for level, says in LEVELS.items():
        kinds = [kind for kind in KINDS.values() if kind.level == level]
        if kinds:
            lines += ["", f"## {level}: {says}", ""]
            lines += [f"- [`{kind.name}`]({kind.page}): {kind.says}" for kind in kinds]
    return "\n".join(lines) + "\n"


def _page(kind: Kind) -> str:
    return "\n".join(
        (
            f"# `{kind.name}`",
            "",
            f"Level {kind.level}, {LEVELS[kind.level]}: {kind.says}.",
            "",
            "## Why",
            "",
            kind.why,
            "",
            "## See it by hand",
            "",
            "`URL` is where the comp answers. A failure's own `repeat` holds the very request that failed.",
            "",
            "```bash",
            kind.by_hand,
            "```",
            "",
            "## Mend it",
            "",
            kind.fix,
            "",
        )
    )


def write(folder: Path) -> None:
    """Write every page into the folder, and remove those whose kind is gone."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for old in folder.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
