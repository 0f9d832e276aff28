"""The import rule, broken."""

import pytest

from tests.tidy import imports


@pytest.mark.parametrize(
    ("path", "line", "name", "may"),
    [
        ("harness/a.py", "from mocks.embeddings import COMPS", "mocks.embeddings", "harness"),
        ("harness/a/b.py", "import scenarios.rag", "scenarios.rag", "harness"),
        ("harness/a.py", "importlib.import_module('reports.page')", "reports.page", "harness"),
        ("mocks/a.py", "import reports", "reports", "harness, mocks"),
        ("reports/a.py", "def f():\n    from scenarios import rag", "scenarios", "harness, reports"),
        ("scenarios/a.py", "from reports import page", "reports", "harness, mocks, scenarios"),
    ],
)
def test_an_import_that_goes_up_is_reported(lay, path, line, name, may):
    """The library knows no comp, a mock no report, late and by name as well."""
    found = imports.layers(lay({path: line}))

    number = line.count("\n") + 1
    assert found == [f"{path}:{number}: {path.split('/')[0]} may not import {name}; it may import {may}"]


def test_an_import_that_goes_down_is_not_reported(lay):
    """Scenarios may know mocks and the library; the command, the plugin and the tests may know everything."""
    checkout = lay(
        {
            "scenarios/a.py": "import mocks.b, harness.c",
            "harness/cli.py": "import mocks, reports",
            "harness/pytest_plugin.py": "import scenarios",
            "harness/d.py": "from .e import f\nfrom harness import g",
            "tests/test_a.py": "import reports",
        }
    )

    assert imports.layers(checkout) == []


def test_folders_that_lean_on_each_other_are_reported(lay):
    """Over however many others, and whichever of their modules it is."""
    found = imports.circles(
        lay(
            {
                "harness/a/one.py": "from harness.b.two import x",
                "harness/b/two.py": "import harness.c",
                "harness/c.py": "from harness.a.other import y",
                "harness/a/other.py": "",
            }
        )
    )

    assert len(found) == 1
    assert all(f"harness.{name}" in found[0] for name in "abc")
    assert found[0].endswith(": lean on each other; move what is shared into a module of its own")


def test_what_leans_one_way_is_no_circle(lay):
    """Nor what is imported late, or for types alone, nor modules of one folder among themselves."""
    checkout = lay(
        {
            "harness/a/one.py": "from harness.b import x\nfrom harness.a.two import y",
            "harness/a/two.py": "from harness.a.one import z",
            "harness/b.py": "if TYPE_CHECKING:\n    from harness.a.one import z\ndef f():\n    import harness.a.two",
        }
    )

    assert imports.circles(checkout) == []


def test_a_relative_import_is_read_as_what_it_imports(lay):
    """Two dots from `harness/traces` are `harness`, three are the folder above."""
    (source,) = lay(
        {"harness/traces/a.py": "from .b import c\nfrom ..d import e\nfrom ... import mocks"}
    ).sources

    assert [name for _, name in imports.imported(source)] == ["harness.traces.b", "harness.d", ""]


@pytest.mark.parametrize(
    ("path", "line", "top"),
    [
        ("scenarios/rag.py", "from locust import HttpUser", "locust"),
        ("harness/run.py", "import gevent.monkey", "gevent"),
        ("harness/mocking/process.py", "import docker", "docker"),
        (
            "harness/mocking/process.py",
            "from testcontainers.core.container import DockerContainer",
            "testcontainers",
        ),
        ("harness/report.py", "import pandas as pd", "pandas"),
        ("mocks/a.py", "def draw():\n    import matplotlib.pyplot as plt", "matplotlib"),
        ("scenarios/test_load.py", "import schemathesis", "schemathesis"),
    ],
)
def test_a_heavy_dependency_away_from_home_is_reported(lay, path, line, top):
    """Each heavy dependency has one home, and the message names it."""
    found = imports.homes(lay({path: line}))

    assert len(found) == 1
    assert found[0].endswith(
        f"{top} is imported away from its home; it lives in {' and '.join(imports.HOMES[top])}"
    )


def test_a_heavy_dependency_at_home_is_not_reported(lay):
    """locust in the load package, docker in the one file that may name it, plots among the reports."""
    checkout = lay(
        {
            "harness/load/users.py": "import locust, gevent",
            "harness/containers/engine.py": "import docker, testcontainers",
            "reports/figures.py": "import pandas, matplotlib",
            "harness/contract/fuzzing.py": "import schemathesis",
        }
    )

    assert imports.homes(checkout) == []


@pytest.mark.parametrize(
    "line", ["import os; os.environ['A']", "import os; os.getenv('A')", "from os import environ"]
)
def test_a_setting_read_deep_in_the_code_is_reported(lay, line):
    """The environment is read where a run begins, nowhere else."""
    found = imports.environment(lay({"harness/a.py": line, "harness/cli.py": line, "tests/test_a.py": line}))

    assert found == [
        "harness/a.py:1: the environment is read here; read it once, in harness/cli.py or conftest.py"
    ]


def test_an_environment_that_is_given_is_not_reported(lay):
    """A process that sets its own variables before it imports what reads them, reads nothing."""
    text = "import os\nos.environ.update({})\nos.environ['A'] = 'b'\ndel os.environ['A']"

    assert imports.environment(lay({"harness/a.py": text})) == []
