"""A caller's connection and the node's belong together, and the admin routes are the wire's own."""

import asyncio

import orjson


def test_callers_do_not_share_a_connection(kit):
    """Three callers are three connections to the node; one that only asks the wire is none."""

    async def main():
        async with kit.bench() as bench:
            for _ in range(3):
                await (await bench.line()).ask(kit.post())
            await (await bench.line()).ask(b"GET /_harness/faults HTTP/1.1\r\n\r\n")
            return bench.node.opened

    assert asyncio.run(main()) == 3


def test_an_idle_caller_that_leaves_takes_the_nodes_connection_along(kit):
    """Between requests too, the node sees the end."""

    async def main():
        async with kit.bench() as bench:
            line = await bench.line()
            await line.ask(kit.post())
            before = bench.node.open
            line.writer.close()
            await kit.until(lambda: not bench.node.open)
            return before

    assert asyncio.run(main()) == 1


def test_many_at_once_get_their_own_replies(kit):
    """A hundred callers, each answered with what it sent, three times each and out of step."""

    def echo(node):
        def answer(writer):
            body = node.bodies.pop()  # The last that came is being answered: nothing waits in between.
            asyncio.get_running_loop().call_later(int(body[-1:]) / 1000, writer.write, kit.ok(body))
            return True

        return answer

    async def one(bench, number):
        line = await bench.line()
        body = f"nonce-{number}-{number % 10}".encode()
        return [(await line.ask(kit.post(body=body)))[1] == body for _ in range(3)]

    async def main():
        async with kit.bench() as bench:
            bench.node.replies = [echo(bench.node)]
            found = await asyncio.gather(*(one(bench, number) for number in range(100)))
            return all(map(all, found))

    assert asyncio.run(main())


def test_the_admin_routes_are_not_the_nodes(kit):
    """`/_harness/` is answered by the wire, on the same connection, and is no exchange."""

    async def main():
        async with kit.bench() as bench:
            line = await bench.line()
            await line.ask(kit.post())
            _, body = await line.ask(b"GET /_harness/exchanges?since=0 HTTP/1.1\r\n\r\n")
            _, after = await line.ask(kit.post())
            return orjson.loads(body), after, bench.journal.last_seq, len(bench.node.heads)

    found, after, last, asked = asyncio.run(main())

    assert [each["path"] for each in found["exchanges"]] == ["/v1/x"]
    assert (after, last, asked) == (b'{"text":"hello"}', 2, 2)


def test_a_fault_acts_from_the_next_request_of_a_connection_on(kit):
    """Requests that crossed unread before it, and do so again after it, do not cross while it is on, nor when they ask for it."""

    async def main():
        async with kit.bench() as bench:
            line = await bench.line()
            heads = [(await line.ask(kit.post()))[0]]
            bench.put("status-500")
            heads.append((await line.ask(kit.post()))[0])
            bench.wire.switchboard.lift()
            heads.append((await line.ask(kit.post()))[0])
            heads.append((await line.ask(kit.post(more="x-harness-fault: status-500\r\n")))[0])
            return [int(head.split()[1]) for head in heads], len(bench.node.heads)

    assert asyncio.run(main()) == ([200, 500, 200, 500], 2)
