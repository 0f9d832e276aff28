"""The rules of docs/style.md that a machine can hold, put to this checkout; each rule is broken in tests/tidy/."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tidy import imports, mirrors, names, prose, sizes
from tests.tidy.quiet import loud
from tests.tidy.tree import PACKAGES, Checkout

ROOT = Path(__file__).parents[1]
CHECKOUT = Checkout(ROOT)

RULES = (
    imports.layers,
    imports.circles,
    imports.homes,
    imports.environment,
    sizes.sizes,
    names.modules,
    names.units,
    prose.docstrings,
    prose.claims,
    prose.promises,
    prose.machine_paths,
    prose.index_hosts,
    prose.sleeps,
    mirrors.mirrors,
    mirrors.packages,
)

# What makes `import harness` slow, or patches the standard library.
HEAVY = set(imports.HOMES)


@pytest.mark.parametrize(
    "rule", RULES, ids=lambda rule: f"{rule.__module__.rsplit('.', 1)[-1]}.{rule.__name__}"
)
def test_the_checkout_keeps(rule: Callable[[Checkout], list[str]]) -> None:
    """No file of ours breaks the rule."""
    found = rule(CHECKOUT)

    assert not found, "\n" + "\n".join(found)


def test_importing_any_module_does_nothing() -> None:
    """No module opens a socket, reads the environment, starts anything or writes when it is imported."""
    found, imported = loud(ROOT, _plain_modules())

    assert not found, "\n" + "\n".join(found)
    assert not imported & {"locust", "gevent"}, (
        "locust patches the standard library; import it in harness/load/ only"
    )


def test_importing_the_command_is_light() -> None:
    """Neither the library, its command nor its pytest plugin brings a heavy dependency along."""
    found, imported = loud(ROOT, ["harness", "harness.cli", "harness.pytest_plugin"])

    assert not found, "\n" + "\n".join(found)
    assert imported & HEAVY == set()


def _plain_modules() -> list[str]:
    """Return every module of ours but the tests of OPEA and what imports locust, which patches whoever imports it."""
    return [
        source.module
        for source in CHECKOUT.under(*PACKAGES)
        if not source.is_test
        and not source.path.endswith("__main__.py")
        and not any(name.split(".")[0] in {"locust", "gevent"} for _, name in imports.imported_at_top(source))
    ]
