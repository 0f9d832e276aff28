"""Ollama, all of it, built with Go from its own modules, and the tiny model that it serves; both kept in the harness's cache.

Its releases of v0.6 to v0.9 need nothing but Go and a C++ compiler for a machine without a graphics card.

    python -m tests.images.stand_ins.ollama     builds it
"""

import os
import shutil
import sys
from pathlib import Path

from harness.cache import cache_dir
from harness.errors import HarnessError, StackError
from harness.setting_up import Steps
from tests.images.stand_ins.building import alone, say

VERSION = "0.9.6"
MODULE = "github.com/ollama/ollama"
GO_MOD = f"module opea-harness/ollama\n\ngo 1.24.0\n\nrequire {MODULE} v{VERSION}\n"
GO_SUM = f"""{MODULE} v{VERSION} h1:HZNJmB52pMt6zLkGkkheBuXBXM5478eiSAj7GR75AMc=
{MODULE} v{VERSION}/go.mod h1:zLwx3iZ3AI4Rc/egsrx3u1w4RU2MHQ/Ylxse48jvyt4=
"""
LIMIT_S = 2400.0
ASK_LIMIT_S = 60.0


def program() -> Path:
    """Where the program is kept, built or not."""
    return cache_dir(os.environ) / "images" / f"ollama-{VERSION}" / "ollama"


def built() -> Path:
    """The program, built where it is not there yet: minutes the first time. Raises StackError where a step fails."""
    found = program()
    with alone("ollama.lock"):
        if not found.is_file():
            _build(found)
    return found


def _build(found: Path) -> None:
    steps = Steps("ollama", say, LIMIT_S)
    _there_must_be_go()
    module = found.parent / "module"
    module.mkdir(parents=True, exist_ok=True)
    (module / "go.mod").write_text(GO_MOD)
    (module / "go.sum").write_text(GO_SUM)
    go = ["env", "CGO_ENABLED=1", "GOWORK=off", "go", "-C", str(module)]
    say(f"{MODULE} v{VERSION} and the modules that it needs; minutes the first time")
    steps.run(MODULE, [*go, "mod", "download", f"{MODULE}@v{VERSION}"])
    where = [*go, "list", "-mod=mod", "-m", "-f", "{{.Dir}}", MODULE]
    (folder,) = steps.ask("go list", where, ASK_LIMIT_S)
    # Its sums are pinned above, and those of all that it needs are in it.
    (module / "go.sum").write_text((Path(folder) / "go.sum").read_text() + GO_SUM)
    part = found.with_suffix(".part")
    flags = f"-s -w -X {MODULE}/version.Version={VERSION}"
    compiled = ["build", "-mod=mod", "-v", "-trimpath", "-buildvcs=false", "-ldflags", flags]
    steps.run(MODULE, [*go, *compiled, "-o", str(part), MODULE])
    part.replace(found)


def _there_must_be_go() -> None:
    if shutil.which("go") is None:
        raise StackError(
            "ollama: there is no `go` on the PATH; it builds Ollama, and nothing else here but Jaeger wants it"
        )


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{built()}\n")
    except HarnessError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
