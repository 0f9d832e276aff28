"""The measured chain written by hand: asyncio, pooled raw sockets and the standard json module, no orchestrator.

    python benchmarks/chain_by_hand.py --ports '{"embedding": 1234, ...}' --port 8888

It checks nothing, limits nothing and streams nothing: what is left when all that an orchestrator is for is left out.
"""

import argparse
import asyncio
import json
import os
import sys
import threading
from typing import Any

Pool = list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]


class Chain:
    """One connection pool for each node."""

    def __init__(self, ports: dict[str, int]) -> None:
        self._ports = ports
        self._pools: dict[str, Pool] = {name: [] for name in ports}

    async def ask(self, node: str, path: str, document: Any) -> Any:
        """Post JSON to a node and read JSON."""
        pool = self._pools[node]
        if pool:
            reader, writer = pool.pop()
        else:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._ports[node], limit=2**20)
        body = json.dumps(document).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: {node}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        reply = json.loads(await read_message(reader))
        pool.append((reader, writer))
        return reply

    async def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """One question through the five nodes."""
        guarded = await self.ask("guardrail_in", "/v1/guardrails", {"text": question["messages"]})
        vectors = await self.ask("embedding", "/embed", {"inputs": guarded["text"]})
        document = {"text": guarded["text"], "embedding": vectors[0]}
        found = await self.ask("retriever", "/v1/retrieval", document)
        texts = [each["text"] for each in found["retrieved_docs"]]
        ranked = await self.ask("rerank", "/rerank", {"query": found["initial_query"], "texts": texts})
        prompt = f"### {texts[ranked[0]['index']]}\n### {found['initial_query']}"
        chat = {"model": "m", "messages": [{"role": "user", "content": prompt}], "max_tokens": 128}
        said = await self.ask("llm", "/v1/chat/completions", chat)
        return {"choices": [{"index": 0, "message": {"content": said["choices"][0]["message"]["content"]}}]}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                body = json.dumps(await self.answer(json.loads(await read_message(reader)))).encode()
                head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(head.encode() + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def read_message(reader: asyncio.StreamReader) -> bytes:
    """The body of one HTTP message that says its length."""
    head = await reader.readuntil(b"\r\n\r\n")
    place = head.lower().index(b"content-length:")
    return await reader.readexactly(int(head[place + 15 :].split(b"\r\n", 1)[0]))


async def _serve(ports: dict[str, int], port: int) -> None:
    server = await asyncio.start_server(Chain(ports).serve, "127.0.0.1", port, limit=2**20)
    await server.serve_forever()


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ports", type=json.loads, required=True)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    asyncio.run(_serve(given.ports, given.port))


if __name__ == "__main__":
    main()
