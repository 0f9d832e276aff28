"""Defaults of one's own: `opea-harness.toml`, or `[tool.opea-harness]` of `pyproject.toml`, where the command is typed. Flags win.

```toml
[run]
rate = 20
node = ["llm=http://127.0.0.1:9000"]
```
"""

import tomllib
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from harness.errors import UsageError
from harness.nearest import names_there_are


def defaults(folder: Path, command: click.Command) -> dict[str, Any]:
    """What the file there says of the command, by the names of its parameters; raises UsageError for what it has not."""
    for name, place in (("opea-harness.toml", ()), ("pyproject.toml", ("tool", "opea-harness"))):
        if (folder / name).is_file():
            table = _table(folder / name, (*place, command.name or ""))
            if table:
                return _by_parameter(f"{name}: [{'.'.join((*place, command.name or ''))}]", table, command)
    return {}


def flags_of_file() -> list[str]:
    """What the file gave the command that runs, as if it had been typed, so that the run can be repeated elsewhere."""
    context = click.get_current_context(silent=True)
    flags: list[str] = []
    for each in context.command.params if context else ():
        assert context is not None
        if context.get_parameter_source(each.name or "") is ParameterSource.DEFAULT_MAP:
            value = context.lookup_default(each.name or "")
            for one in value if isinstance(value, list) else [value]:
                flags += [each.opts[0]] if one is True else [] if one is False else [each.opts[0], str(one)]
    return flags


def _table(path: Path, steps: tuple[str, ...]) -> dict[str, Any]:
    try:
        found: Any = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read as TOML: {error}") from error
    for step in steps:
        found = found.get(step, {}) if isinstance(found, dict) else {}
    return found if isinstance(found, dict) else {}


def _by_parameter(where: str, table: dict[str, Any], command: click.Command) -> dict[str, Any]:
    options = {
        flag.removeprefix("--"): each.name
        for each in command.params
        if isinstance(each, click.Option)
        for flag in each.opts
    }
    for key in table:
        if key not in options:
            raise UsageError(f"{where}: there is no option --{key}; {names_there_are(key, options)}")
    return {str(options[key]): value for key, value in table.items()}
