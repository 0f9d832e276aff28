"""Builds Jaeger with Go, from its own modules; at most one process builds it at a time.

Jaeger's go.mod replaces a module, so `go install` refuses it: it is built from a module of ours that requires it and repeats
the replacement. Its sums are pinned here, and those of all that it needs are in it. Go keeps every package that it has
compiled, so that a build that was broken off goes on where it was.
"""

import hashlib
import re
import shutil
import time
from pathlib import Path

from pydantic import BaseModel

from harness.errors import StackError
from harness.jaeger.binary import MARK, VERSION, Binary
from harness.setting_up import Say, Steps, alone

MODULE = "github.com/jaegertracing/jaeger"
GO_VERSION = (1, 24, 6)  # The one that Jaeger's go.mod asks for.
GO_MOD = f"""module opea-harness/jaeger

go {".".join(map(str, GO_VERSION))}

require {MODULE} v{VERSION}

replace github.com/Shopify/sarama => github.com/Shopify/sarama v1.33.0
"""
GO_SUM = f"""{MODULE} v{VERSION} h1:sWCOOF1dr+NL0PLil7mFo3BqqQL8k4WiM7aguFbc14g=
{MODULE} v{VERSION}/go.mod h1:hqcuJlLDTv7G2x5eFd/BhwcPdLxj3N+90aKhIzdOcKo=
"""
LIMIT_S = 5400.0
ASK_LIMIT_S = 30.0


class Built(BaseModel):
    """What was built: Jaeger's version, by which Go, how large, and how long it took."""

    jaeger: str
    go: str
    sha256: str
    program_bytes: int
    took_s: float


def build(
    binary: Binary, say: Say, *, package: str = f"{MODULE}/cmd/all-in-one", anew: bool = False
) -> Built:
    """Build Jaeger unless it is there, and say what is there; each step is said.

    Raises UsageError where it cannot be written, StackError where there is no Go or a step fails; then nothing is
    taken for built.
    """
    with alone(binary.path):
        if binary.is_built and not anew:
            return Built.model_validate_json(binary.mark.read_bytes())
        return _build(binary, Steps("jaeger", say, LIMIT_S), package)


def _build(binary: Binary, steps: Steps, package: str) -> Built:
    began_s = time.monotonic()
    go = _go(steps)
    binary.mark.unlink(missing_ok=True)
    module = binary.path / "module"
    steps.say(f"{MODULE} v{VERSION}")
    _write(module, steps)
    steps.say(f"{package} v{VERSION} and the modules that it needs, with {go}; minutes the first time")
    steps.run(package, _compile(module, binary, package))
    steps.say("its first start")
    said = " ".join(steps.ask("its first start", [str(binary.program), "version"], ASK_LIMIT_S))
    if f"v{VERSION}" not in said:
        raise StackError(
            f"setup jaeger: what was built says {said[:200]!r} of itself; it should be v{VERSION}"
        )
    content = binary.program.read_bytes()
    built = Built(
        jaeger=VERSION,
        go=go,
        sha256=hashlib.sha256(content).hexdigest(),
        program_bytes=len(content),
        took_s=round(time.monotonic() - began_s, 1),
    )
    part = binary.path / f"{MARK}.part"
    part.write_text(built.model_dump_json(indent=2))
    part.replace(binary.mark)
    return built


def _write(module: Path, steps: Steps) -> None:
    """Write the module from which Jaeger is built, with the sums of all that it is made of."""
    module.mkdir(parents=True, exist_ok=True)
    (module / "go.mod").write_text(GO_MOD)
    (module / "go.sum").write_text(GO_SUM)
    steps.run(MODULE, [*_go_in(module), "mod", "download", f"{MODULE}@v{VERSION}"])
    where = [*_go_in(module), "list", "-mod=mod", "-m", "-f", "{{.Dir}}", MODULE]
    (folder,) = steps.ask("go list", where, ASK_LIMIT_S)
    sums = (Path(folder) / "go.sum").read_text()
    (module / "go.sum").write_text(sums + GO_SUM)


def _go_in(module: Path) -> list[str]:
    """Go in that folder; without cgo a program needs nothing of the machine that it runs on."""
    return ["env", "CGO_ENABLED=0", "GOWORK=off", "go", "-C", str(module)]


def _compile(module: Path, binary: Binary, package: str) -> list[str]:
    flags = f"-s -w -X {MODULE}/internal/version.latestVersion=v{VERSION}"
    build = ["build", "-mod=mod", "-v", "-trimpath", "-buildvcs=false", "-ldflags", flags]
    return [*_go_in(module), *build, "-o", str(binary.program), package]


def _go(steps: Steps) -> str:
    """Which Go there is, as it says itself; raises StackError where there is none, or too old a one."""
    wanted = ".".join(map(str, GO_VERSION))
    right = f"Go {wanted} or later builds Jaeger, and is wanted for that alone"
    if shutil.which("go") is None:
        raise StackError(f"setup jaeger: there is no `go` on the PATH; {right}")
    said = " ".join(steps.ask("go version", ["go", "version"], ASK_LIMIT_S))
    found = re.search(r"\bgo(\d+)\.(\d+)(?:\.(\d+))?", said)
    if found is None or tuple(int(part or 0) for part in found.groups()) < GO_VERSION:
        raise StackError(f"setup jaeger: `go version` says {said!r}; {right}")
    return found.group()
