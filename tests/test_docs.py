"""What is written for people, held against what is there: paths, commands, fields, and the README's examples."""

import re
import shlex
import subprocess
import sys
from dataclasses import fields
from itertools import takewhile
from pathlib import Path
from typing import get_args

import click
import pytest

from harness import discovery, errors, quantiles, report, run, verdict
from harness.cli import cli
from harness.comp import Dialect, Evidence
from harness.opea.problems import PROBLEM_KINDS, Failure, Problem

ROOT = Path(__file__).parents[1]
INTERFACES = (ROOT / "docs/interfaces.md").read_text()
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text()
README = (ROOT / "README.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

# These stand, ask for minutes or never end, or look at what may not be here: that they can be called so is checked without calling them.
LONG = {"run", "serve", "mock", "doctor", "up"}
EXAMPLE_LIMIT_S = 60

_CONTEXT = click.Context(cli)
COMMANDS = {name: cli.get_command(_CONTEXT, name) for name in cli.list_commands(_CONTEXT)}


def section(page: str, title: str) -> str:
    """Return what stands under a heading, up to the next."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, f"there is no section {title!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """Return a table's cells, heads and rule left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def codes(text: str) -> list[str]:
    """Return what stands between backticks."""
    return re.findall(r"`([^`\n]+)`", text)


def described(name: str) -> set[str]:
    """Return the fields that docs/interfaces.md gives a document, its shorthands spelt out."""
    found = re.search(rf"^- {name}: `\{{(.*)\}}`", section(INTERFACES, "JSON"), re.MULTILINE)
    assert found, f"docs/interfaces.md does not say what {name} holds"
    names: set[str] = set()
    for each in re.split(r", (?![^{]*\})", found[1]):
        stem, brace, inside = each.partition("{")
        names |= {stem + end for end in inside.rstrip("}").split(",")} if brace else {each}
    return names


def blocks(page: str, language: str) -> list[str]:
    """Return the fenced examples in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def commands(page: str) -> list[str]:
    """Return what a page tells people to type: in sh and console examples, and between backticks in tables."""
    typed = "\n".join(blocks(page, "sh") + [_prompted(block) for block in blocks(page, "console")])
    lines = typed.replace("\\\n", " ").splitlines()
    cells = [code for line in page.splitlines() if line.startswith("|") for code in codes(line)]
    tabled = [code for code in cells if re.match(r"(opea-harness|make|pytest|locust) [a-z\-]", code)]
    return [words for line in lines if (words := re.split(r"(?:^|\s+)#\s", line)[0].strip())] + tabled


def _prompted(block: str) -> str:
    """Return a console's lines that were typed; the others were answered."""
    return "\n".join(re.findall(r"^\$ (.*(?:\\\n.*)*)", block, re.MULTILINE))


def test_the_verdicts_are_those_of_the_code():
    """The four words of the page are the four words of the code."""
    assert set(codes(section(INTERFACES, "Verdicts"))[:4]) == set(get_args(verdict.Word))


def test_the_exit_codes_are_those_of_the_code():
    """Every code that something can end with is explained, and no other."""
    known = {
        value
        for module in (verdict, errors)
        for name, value in vars(module).items()
        if name.startswith("EXIT_")
    }

    assert {int(code) for code, _ in rows(section(INTERFACES, "Exit codes"))} == known


def test_the_commands_are_those_of_the_command_line():
    """Every command is in the table, and every row is a command; what is to come is not there yet."""
    described_commands = {codes(first)[0].split()[0] for first, _ in rows(section(INTERFACES, "Commands"))}
    (kept,) = re.findall(r"to come: (.*?)\.\n", section(INTERFACES, "Commands"), re.DOTALL)

    assert described_commands == set(COMMANDS)
    assert set(codes(kept)) & set(COMMANDS) == set()


def leaves(name: str, command: click.Command) -> list[tuple[str, click.Command]]:
    """Return a command, or those of a group, each with all the words that call it."""
    if not isinstance(command, click.Group):
        return [(name, command)]
    return [leaf for word, inner in command.commands.items() for leaf in leaves(f"{name} {word}", inner)]


@pytest.mark.parametrize(
    ("name", "command"), [leaf for name, command in COMMANDS.items() for leaf in leaves(name, command)]
)
def test_every_command_has_the_common_options_and_an_example(name, command):
    """--json and --quiet are everywhere, and the help shows how the command is called."""
    options = {option for parameter in command.params for option in parameter.opts}

    assert {"--json", "--quiet"} <= options
    assert f"opea-harness {name}" in f"{command.help} {command.epilog}"


def test_the_commands_that_draw_lots_take_a_seed():
    """Those that the page names."""
    (named,) = re.findall(r"Those that draw lots, (.*?), take `--seed`", INTERFACES)
    seeded = {
        name for name, command in COMMANDS.items() if any("--seed" in each.opts for each in command.params)
    }

    assert codes(named)
    assert set(codes(named)) - seeded == set()


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("report", report.Report),
        ("node", report.NodeRow),
        ("coverage", report.Coverage),
        ("load", report.LoadFigures),
        ("fault", report.FaultCell),
        ("defect", report.DefectRow),
    ],
)
def test_the_fields_of_documents_are_those_of_the_models(name, model):
    """What the page says a document holds is what its model writes."""
    assert described(name) == {field.alias or key for key, field in model.model_fields.items()}


def test_the_fields_of_a_verdict_are_those_of_the_code():
    """A verdict is written as the page says."""
    assert described("verdict") == {field.name for field in fields(verdict.Verdict)}


def test_a_problem_is_written_as_described():
    """The fields and the kinds of a failed request's problem are the code's."""
    text = section(INTERFACES, "JSON")
    (document,) = re.findall(r"`\{(type, title.*?)\}`", text, re.DOTALL)
    (kinds,) = re.findall(r"`kind` is one of\n(.*?)\.\n", text, re.DOTALL)

    assert document.split(", ") == list(Problem(Failure("llm", "reset", "it broke")).document())
    assert set(codes(kinds)) == set(PROBLEM_KINDS)


def test_the_floors_of_percentiles_are_those_of_the_code():
    """Each floor that the page names is what the code asks for."""
    told = re.findall(r"p([\d.]+) ([\d]+)", section(INTERFACES, "JSON"))

    assert told
    assert {share: int(floor) for share, floor in told} == {
        share: quantiles.floor(float(share) / 100) for share, _ in told
    }


def test_the_files_of_a_run_are_those_of_the_code():
    """The page lists what the module that makes the folder lists."""
    listed = re.findall(r"[a-z]+(?:\.(?:jsonl|json|md|xml|html)\b|/(?= ))", run.__doc__.split("\n\n")[1])

    assert {codes(name)[0] for name, _ in rows(section(INTERFACES, "A run's folder"))} == set(listed)


def test_the_names_are_those_of_the_code():
    """Dialects, kinds of evidence and entry points are spelt as the code spells them."""
    names = codes(section(INTERFACES, "Names"))
    outside = codes(section(INTERFACES, "Adding from outside"))

    assert set(get_args(Dialect)) | set(get_args(Evidence)) <= set(names)
    for kind in (discovery.COMP, discovery.SCENARIO, discovery.FAULT):
        assert {kind.group, kind.constant} <= set(outside)


def test_the_attributes_of_spans_are_those_of_the_code():
    """Each attribute of ours is set on a span, and each that is set is described."""
    described_names = {name for name in codes(section(INTERFACES, "Names")) if name.startswith("opea.")}
    sources = [path.read_text() for path in (ROOT / "harness").rglob("*.py")]
    is_set = r"(?:\.set\(\s*|attributes\[|\n\s+)\"(opea\.[a-z_]+)\"(?:,|\] =|: )"
    used = {name for text in sources for name in re.findall(is_set, text)}

    assert described_names == used


def test_the_map_names_every_part_of_the_library():
    """docs/architecture.md has a place for each module and folder of harness/, and names none that is gone."""
    (tree,) = blocks(ARCHITECTURE, "")[:1]
    named = {
        name
        for line in tree.splitlines()
        if line.startswith("  ")
        for name in takewhile(lambda word: word.endswith((".py", "/")), line.split())
    }
    there = {
        path.name if path.suffix else f"{path.name}/"
        for path in (ROOT / "harness").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }

    assert there - named - {"__init__.py"} == set()
    assert named - there == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page):
    """Each relative link names a file, and where it has an anchor a heading of that file."""
    broken = []
    for link in re.findall(r"\]\((?!https?://|mailto:)([^)\s]+)\)", page.read_text()):
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
            broken.append(link)

    assert broken == []


def anchors(page: str) -> set[str]:
    """Return the anchors of a page's headings, as code hosts make them."""
    heads = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_where_is_it_names_what_is_there():
    """Each path in the README's table exists, but for what runs leave; what stands in angle brackets is any name."""
    table = rows(section(README, "Where is it?"))
    paths = [path for row in table for path in codes(row[-1]) if not path.startswith("runs/")]

    assert len(paths) > 10
    assert [path for path in paths if not list(ROOT.glob(re.sub(r"<[^>]*>", "*", path).rstrip("/")))] == []


def test_the_readme_opens_with_the_two_commands():
    """A newcomer sees `make demo` and `make test` before anything else is asked of them."""
    assert commands(README)[:2] == ["make demo", "make test"]


@pytest.mark.parametrize(
    "command", sorted({command for page in PAGES for command in commands(page.read_text())})
)
def test_what_people_are_told_to_type_can_be_typed(command):
    """Targets, scripts, markers, commands and their options exist."""
    words = [word for word in shlex.split(command) if not re.fullmatch(r"[A-Z_]+=.*", word)]

    assert complaint(words) == ""


def complaint(words: list[str]) -> str:
    """Say why a command line cannot be, or nothing."""
    match words:
        case ["make", target, *_]:
            targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
            return "" if target in targets else f"{target}: no target of the Makefile"
        case ["opea-harness", name, *rest]:
            return _complaint_of_click(name, rest)
        case ["pytest", *rest]:
            return _complaint_of_paths(rest)
        case ["locust", "-f", path, *_]:
            return "" if (ROOT / path).exists() else f"{path}: no such file"
        case ["python" | "python3", path, *_] if path.endswith(".py"):
            return "" if (ROOT / path).exists() else f"{path}: no such file"
        case ["git" | "cd" | "pip" | "docker" | "curl", *_]:
            return ""
    if (ROOT / words[0]).is_file():
        return ""
    return f"{words[0]}: no command that this test knows"


def _complaint_of_click(name: str, rest: list[str]) -> str:
    if name in {"--help", "--version"}:
        return ""
    command = COMMANDS.get(name)
    if command is None:
        return f"{name}: no command; commands are {', '.join(sorted(COMMANDS))}"
    known = {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    strange = [word for word in rest if word.startswith("-") and word.split("=")[0] not in {*known, "--help"}]
    if strange:
        return f"{name}: no option {strange[0]}"
    return _complaint_of_names(name, rest)


def _complaint_of_names(command: str, words: list[str]) -> str:
    """Say which scenario or comp is none; the first word that is no option names it."""
    kind = {"run": discovery.SCENARIO, "ask": discovery.SCENARIO, "serve": discovery.SCENARIO}.get(command)
    if command in {"mock", "comps"}:
        kind = discovery.COMP
    named = list(takewhile(lambda word: not word.startswith("-"), words))
    known = discovery.discover(kind) if kind else named
    strange = [name for name in (named if command == "mock" else named[:1]) if name not in known]
    return f"{command}: {strange[0]} is neither scenario nor comp" if strange else ""


def _complaint_of_paths(words: list[str]) -> str:
    paths = [word for word in words if word.endswith(".py") or word.startswith(("tests", "scenarios"))]
    missing = [path for path in paths if not (ROOT / path.split("::")[0]).exists()]
    return f"{missing[0]}: no such file" if missing else ""


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("make dinner", "dinner: no target of the Makefile"),
        ("opea-harness comps --loud", "comps: no option --loud"),
        ("opea-harness run dinner", "run: dinner is neither scenario nor comp"),
        ("opea-harness mock embeddings diners", "mock: diners is neither scenario nor comp"),
        ("opea-harness dine", "dine: no command; commands are"),
        ("pytest tests/test_nothing.py", "tests/test_nothing.py: no such file"),
        ("locust -f scenarios/nothing.py", "scenarios/nothing.py: no such file"),
        ("sudo make demo", "sudo: no command that this test knows"),
    ],
)
def test_what_cannot_be_typed_is_found(command, words):
    """A target, an option, a command or a file that is not there is named."""
    assert complaint(shlex.split(command)).startswith(words)


def _quick() -> list[str]:
    """Return the README's commands that end by themselves in seconds."""
    return [
        command
        for command in commands(README)
        if command.startswith("opea-harness ") and shlex.split(command)[1] not in LONG
        if "://" not in command and not re.search(r"\b(latest|check|report)\b", command)
    ]


@pytest.mark.parametrize("command", _quick())
def test_the_readmes_quick_commands_run(command, tmp_path):
    """What ends by itself is run as written, and ends well."""
    words = [str(Path(sys.executable).with_name("opea-harness")), *shlex.split(command)[1:]]
    done = subprocess.run(
        words, cwd=tmp_path, capture_output=True, text=True, timeout=EXAMPLE_LIMIT_S, check=False
    )

    assert (done.returncode, done.stderr if done.returncode else "") == (0, "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_python_of_a_page_runs(page, tmp_path):
    """Each Python example runs as written, in a process of its own."""
    for code in blocks(page.read_text(), "python"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=EXAMPLE_LIMIT_S,
            check=False,
        )

        assert (code, done.returncode, done.stderr) == (code, 0, "")
