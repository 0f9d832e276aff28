"""Many wires run side by side, one port speaks for all, and all is written down at the end."""

import asyncio
from urllib.parse import urlsplit

import orjson

from harness.client import Client
from harness.history import Exchange, read_lines
from harness.wire.process import wires
from harness.wire.settings import Settings, WireSettings


def test_each_node_has_its_own_wire(kit):
    """Requests go to the node of their wire, and a fault on one is none on the other."""

    async def main():
        async with kit.node(kit.ok(b"a")) as one, kit.node(kit.ok(b"b")) as other:
            told = Settings(
                wires=(
                    WireSettings(node="one", upstream=one.url),
                    WireSettings(node="other", upstream=other.url),
                )
            )
            async with wires(told) as standing:
                client = Client()
                await client.request(
                    "POST", f"{standing.admin}/_harness/one/faults", body=b'{"fault": "status-500"}'
                )
                found = [await client.request("POST", standing.urls[name] + "/") for name in ("one", "other")]
                await client.close()
            await kit.until(lambda: not one.open and not other.open)
            return [(each.status, each.body) for each in found]

    (faulted, _), plain = asyncio.run(main())

    assert faulted == 500
    assert plain == (200, b"b")


def test_a_wire_that_is_down_can_be_lifted(kit):
    """Its own port refuses; the admin port puts it up again."""

    async def main():
        async with kit.node() as node:
            async with wires(Settings(wires=(WireSettings(node="llm", upstream=node.url),))) as standing:
                client = Client()
                faults = f"{standing.admin}/_harness/llm/faults"
                put = await client.request("POST", faults, body=b'{"fault": "refused"}')
                try:
                    await client.request("POST", standing.urls["llm"])
                    kind = "none"
                except Exception as error:  # noqa: BLE001 - only its kind is of interest
                    kind = getattr(error, "kind", repr(error))
                lifted = await client.request("DELETE", faults)
                again = await client.request("POST", standing.urls["llm"] + "/")
                await client.close()
            await kit.until(lambda: not node.open)
            return orjson.loads(put.body)["faults"], kind, orjson.loads(lifted.body), again.status

    put, kind, lifted, status = asyncio.run(main())

    assert (put["refused"]["fired"], kind, status) == (1, "refused", 200)
    assert lifted == {"node": "llm", "faults": {}, "fired": {"refused": 1}}


def test_what_is_under_way_at_the_end_is_written_down(kit, tmp_path):
    """An exchange without an answer when the wires close is in the journal's file, as closed."""
    path = tmp_path / "journal.jsonl"

    async def main():
        async with kit.node(None) as node:
            told = Settings(wires=(WireSettings(node="llm", upstream=node.url),), journal=path)
            async with wires(told) as standing:
                _, writer = await asyncio.open_connection(
                    "127.0.0.1", int(standing.urls["llm"].rpartition(":")[2])
                )
                writer.write(kit.post())
                await kit.until(lambda: node.bodies)
            writer.close()
            await kit.until(lambda: not node.open)

    asyncio.run(main())
    (exchange,) = read_lines(Exchange, path)

    assert (exchange.node, exchange.error, exchange.request) == ("llm", "closed", '{"a":1}')


def test_spans_are_posted_before_the_end(kit):
    """Each node's spans bear its name as service.name, and none is lost when the wires close at once."""

    async def main():
        async with kit.node() as node, kit.node(kit.ok(b"{}")) as sink:
            told = Settings(
                wires=(WireSettings(node="llm", comp="llms", upstream=node.url),),
                otlp=f"{sink.url}/v1/traces",
                run_id="run-1",
            )
            async with wires(told) as standing:
                client = Client()
                await client.request("POST", standing.urls["llm"] + "/v1/x")
                await client.close()
            await kit.until(lambda: not node.open and not sink.open)
            return [orjson.loads(body) for body in sink.bodies]

    (posted,) = asyncio.run(main())
    (resource,) = posted["resourceSpans"]
    (span,) = resource["scopeSpans"][0]["spans"]

    assert {"key": "service.name", "value": {"stringValue": "llm"}} in resource["resource"]["attributes"]
    assert (span["name"], span["kind"]) == ("POST /v1/x", 2)


def test_wires_listen_where_they_are_told(kit):
    """So that containers reach them; what speaks for all stays on loopback's own address."""

    async def main():
        async with kit.node(kit.ok(b"a")) as one:
            told = Settings(wires=(WireSettings(node="one", upstream=one.url),), host="127.0.0.2")
            async with wires(told) as standing:
                client = Client()
                reply = await client.request("POST", standing.urls["one"] + "/")
                journal = await client.request("GET", f"{standing.admin}/_harness/one/exchanges")
                await client.close()
                exchanges = orjson.loads(journal.body)["exchanges"]
                hosts = [urlsplit(url).hostname for url in (standing.urls["one"], standing.admin)]
            await kit.until(lambda: not one.open)
            return hosts, reply.body, len(exchanges)

    hosts, body, count = asyncio.run(main())

    assert hosts == ["127.0.0.2", "127.0.0.1"]
    assert (body, count) == (b"a", 1)
