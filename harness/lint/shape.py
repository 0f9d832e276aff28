"""Which form each part of a compose file has, as the compose specification says: one value, a list or a mapping.

Only what the harness reads is looked at; what nothing is known of, `x-` parts and `!reset` may be anything, and so may null.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.errors import UsageError
from harness.lint.finding import Text
from harness.lint.yaml_tree import Many, Table, Tree

_NAMES: Mapping[Any, str] = {Text: "one value", Many: "a list", Table: "a mapping"}


@dataclass(frozen=True, slots=True)
class _Form:
    """The kinds that a part may be of, and the forms of a list's items and of a mapping's values: of all, or by key."""

    kinds: tuple[type[Text] | type[Many] | type[Table], ...]
    items: "_Form | None" = None
    values: "_Form | None" = None
    keys: "Mapping[str, _Form]" = field(default_factory=dict)


_TEXT = _Form((Text,))
_TEXTS = _Form((Many,), items=_TEXT)
_WORDS = _Form((Text, Many), items=_TEXT)
_PAIRS = _Form((Many, Table), items=_TEXT, values=_TEXT)
_SERVICE = _Form(
    (Table,),
    keys={
        **dict.fromkeys(
            ("image", "container_name", "hostname", "network_mode", "ipc", "restart", "user"), _TEXT
        ),
        **dict.fromkeys(("working_dir", "privileged", "shm_size", "runtime", "platform"), _TEXT),
        **dict.fromkeys(("expose", "profiles", "cap_add", "cap_drop", "security_opt"), _TEXTS),
        **dict.fromkeys(("command", "entrypoint"), _WORDS),
        **dict.fromkeys(("environment", "labels"), _PAIRS),
        "build": _Form((Text, Table), keys={"context": _TEXT, "dockerfile": _TEXT, "args": _PAIRS}),
        "depends_on": _Form(
            (Many, Table), items=_TEXT, values=_Form((Table,), keys={"condition": _TEXT, "required": _TEXT})
        ),
        "devices": _Form((Many,), items=_Form((Text, Table))),
        "env_file": _Form((Text, Many), items=_Form((Text, Table), keys={"path": _TEXT, "required": _TEXT})),
        "extends": _Form((Text, Table), keys={"service": _TEXT, "file": _TEXT}),
        "extra_hosts": _Form((Many, Table), items=_TEXT, values=_WORDS),
        "healthcheck": _Form(
            (Table,),
            keys={
                "test": _WORDS,
                **dict.fromkeys(("interval", "timeout", "retries", "start_period", "disable"), _TEXT),
            },
        ),
        "networks": _Form((Many, Table), items=_TEXT, values=_Form((Table,), keys={"aliases": _TEXTS})),
        "ports": _Form((Many,), items=_Form((Text, Table), values=_TEXT)),
        "ulimits": _Form((Table,), values=_Form((Text, Table), values=_TEXT)),
        "volumes": _Form((Many,), items=_Form((Text, Table))),
    },
)
_FILE = _Form(
    (Table,),
    keys={
        "name": _TEXT,
        "services": _Form((Table,), values=_SERVICE),
        "volumes": _Form((Table,), values=_Form((Table,))),
        "networks": _Form((Table,), values=_Form((Table,))),
    },
)


def check_shape(tree: Table) -> None:
    """Raise UsageError, with line and place, for the first part of a compose file that has not the form it should have."""
    _check(tree, _FILE, "")


def _check(tree: Tree, form: _Form, place: str) -> None:
    if tree is None or (isinstance(tree, Many) and tree.tag == "!reset"):
        return
    if not isinstance(tree, form.kinds):
        shown = f", {tree.text!r}" if isinstance(tree, Text) else ""
        right = " or ".join(_NAMES[kind] for kind in form.kinds)
        raise UsageError(f"{tree.spot}: {place}: is {_NAMES[type(tree)]}{shown}; compose takes {right} there")
    if isinstance(tree, Many) and form.items:
        for nth, item in enumerate(tree.items):
            _check(item, form.items, f"{place}[{nth}]")
    if isinstance(tree, Table):
        for key, value in tree.items.items():
            below = form.keys.get(key, form.values)
            if below:
                _check(value, below, f"{place}.{key}" if place else key)
