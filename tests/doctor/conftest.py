"""Healthy stacks, and an engine that shows them."""

import pytest

from tests.doctor.fake_engine import engine_of


@pytest.fixture
def engine():
    """Return what shows a stack as Docker would, on a socket of its own."""
    opened = []

    def show(stack):
        context = engine_of(stack)
        opened.append(context)
        return context.__enter__()

    yield show
    for context in opened:
        context.__exit__(None, None, None)
