"""The rule that every module has its test, broken."""

import pytest

from tests.tidy import mirrors


@pytest.mark.parametrize(
    ("path", "test"),
    [
        ("harness/comp.py", "tests/test_comp.py"),
        ("harness/traces/jaeger.py", "tests/traces/test_jaeger.py"),
        ("harness/opea/__init__.py", "tests/opea/test_init.py"),
        ("mocks/llms.py", "tests/mocks/test_llms.py"),
        ("mocks/_text.py", "tests/mocks/test_text.py"),
        ("reports/page.py", "tests/reports/test_page.py"),
        ("scenarios/rag.py", "tests/scenarios/test_rag.py"),
    ],
)
def test_a_module_without_its_test_is_reported(lay, path, test):
    """The message says where the test belongs; once it stands there, nothing is reported."""
    code = {path: "x = 1"}

    assert mirrors.mirrors(lay(code)) == [f"{path}:1: no test of its name; write {test}"]
    assert mirrors.mirrors(lay(code | {test: ""})) == []


def test_a_folder_that_only_says_what_it_is_has_nothing_to_test(lay):
    """An `__init__` of one docstring needs no test, and a test of OPEA is itself one."""
    files = {"harness/traces/__init__.py": "'''Traces.'''", "scenarios/test_chaos.py": "x = 1"}

    assert mirrors.mirrors(lay(files)) == []


def test_tests_that_are_a_package_are_reported(lay):
    """Two tests may bear one name only while their folders are no packages."""
    found = mirrors.packages(lay({"tests/traces/__init__.py": ""}))

    assert found == ["tests/traces/__init__.py:1: tests are no package; take it out"]
