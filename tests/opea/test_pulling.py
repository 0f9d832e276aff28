"""A plain generator over an asynchronous stream."""

import asyncio

import pytest

from harness.opea.pulling import Source, pulled


async def late(*items, failure=None):
    for item in items:
        await asyncio.sleep(0.001)
        yield item
    if failure is not None:
        raise failure


def run(hook, *items, failure=None):
    async def main():
        seen = []
        try:
            async for item in pulled(hook, Source(late(*items, failure=failure))):
                seen.append(item)  # noqa: PERF401 - what came before a failure is wanted too
        except ValueError as error:
            seen.append(f"raised {error}")
        return seen

    return asyncio.run(main())


def upper(gen):
    for item in gen:
        yield item.decode().upper()
    yield "end"


def test_a_plain_generator_reads_what_comes_later():
    """Each item is given on as soon as it is made."""
    assert run(upper, b"a", b"b") == ["A", "B", "end"]


def test_an_async_generator_may_be_a_hook_too():
    """It is given an asynchronous source."""

    async def hook(gen):
        async for item in gen:
            yield item + b"!"

    assert run(hook, b"a", b"b") == [b"a!", b"b!"]


def test_a_hook_that_gives_the_source_back_changes_nothing():
    """As upstream's default does."""
    assert run(lambda gen: gen, b"a", b"b") == [b"a", b"b"]


def test_a_hook_may_give_more_or_fewer_items_than_it_gets():
    """Buffering and splitting are its business."""

    def pairs(gen):
        held = b""
        for item in gen:
            held += item
            if len(held) == 2:
                yield held
                yield b"|"
                held = b""

    assert run(pairs, b"a", b"b", b"c", b"d", b"e") == [b"ab", b"|", b"cd", b"|"]


def test_a_failure_of_the_source_passes_through_the_hook():
    """The hook's own end is not reached."""
    assert run(upper, b"a", failure=ValueError("cut")) == ["A", "raised cut"]


def test_a_hook_cannot_hide_a_failure():
    """One that catches everything still ends in it."""

    def hiding(gen):
        try:
            yield from gen
        except ValueError:
            yield b"all is well"

    assert run(hiding, b"a", failure=ValueError("cut")) == [b"a", b"all is well", "raised cut"]


def test_a_hook_that_raises_is_heard():
    """Its own error comes out."""

    def failing(gen):
        for item in gen:
            yield item
            raise ValueError("mine")

    assert run(failing, b"a", b"b") == [b"a", "raised mine"]


def test_a_hook_that_is_left_early_is_unwound():
    """Its finally runs, and nothing is left hanging."""
    unwound = []

    def hook(gen):
        try:
            yield from gen
        finally:
            unwound.append(True)

    async def main():
        items = pulled(hook, Source(late(b"a", b"b")))
        first = await anext(items)
        await items.aclose()
        return first

    assert asyncio.run(main()) == b"a"
    assert unwound == [True]


def test_a_hundred_streams_share_one_thread():
    """Each waits for its own events while the others go on."""

    async def one(n):
        return [item async for item in pulled(upper, Source(late(*[b"%d" % n] * 20)))]

    async def main():
        return await asyncio.gather(*(one(n) for n in range(100)))

    assert asyncio.run(main()) == [[str(n)] * 20 + ["end"] for n in range(100)]


def test_the_source_says_where_it_can_be_iterated():
    """A plain iteration outside of the hook is refused, not hung."""
    with pytest.raises(TypeError, match="a plain iteration works only in align_generator"):
        next(iter(Source(late(b"a"))))
