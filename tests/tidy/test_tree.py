"""The reading of a checkout."""

from pathlib import Path

from tests.tidy.tree import Checkout, functions


def test_generated_folders_and_data_that_is_no_text_are_left_out(lay):
    """What a run, a build or a virtual environment left is not read, nor are bytes that are no UTF-8."""
    checkout = lay(
        {"harness/a.py": "", ".venv/b.py": "", "runs/c.py": "", ".mypy_cache/d.py": "", "docs/e.md": ""}
    )
    Path(checkout.root, "docs/f.png").write_bytes(b"\x89PNG\xff")

    assert [path for path, _ in checkout.texts] == ["docs/e.md", "harness/a.py"]


def test_functions_bear_the_names_of_what_they_stand_in(lay):
    """A method is named with its class, a function inside a function with both."""
    checkout = lay(
        {"harness/a.py": "class A:\n    def b(self):\n        def c(): ...\nif 1:\n    def d(): ...\n"}
    )
    (source,) = checkout.sources

    assert [name for name, _ in functions(source)] == ["A.b", "A.b.c", "d"]


def test_a_package_is_imported_under_its_folders_name():
    """The dotted name leaves `__init__` out."""
    (source,) = [
        source
        for source in Checkout(Path(__file__).parents[2]).sources
        if source.path == "harness/__init__.py"
    ]

    assert source.module == "harness"
