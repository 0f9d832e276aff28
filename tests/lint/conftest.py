"""Files that are written, linted by one rule, and told as `NAME:LINE what`."""

from textwrap import dedent

import pytest

from harness.lint.linter import lint
from harness.lint.sources import read_sources


@pytest.fixture
def write(tmp_path):
    """Write files by name; gives their paths, in order."""

    def written(files):
        paths = []
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text))
            paths.append(path)
        return paths

    return written


@pytest.fixture
def linted(tmp_path, write, monkeypatch):
    """Lint the files together and tell what the rule found, each as one line."""

    def told(rule, files):
        monkeypatch.chdir(tmp_path)
        paths = [path.relative_to(tmp_path) for path in write(files)]
        return [
            f"{finding.file}:{finding.line} {finding.what}"
            for finding in lint(read_sources(paths))
            if finding.id == rule
        ]

    return told
