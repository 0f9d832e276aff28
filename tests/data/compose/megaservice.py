"""A megaservice of the standard library alone: it asks its nodes one after the other, by the addresses that its environment has."""

import json
import os
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request, urlopen


def post(name, default_port, path, body):
    host = os.environ[f"{name}_HOST_IP"]
    port = os.environ.get(f"{name}_PORT", default_port)
    request = Request(
        f"http://{host}:{port}{path}", json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urlopen(request, timeout=10) as reply:
        return json.load(reply)


def answered(question):
    (vector,) = post("EMBEDDING_SERVER", 80, "/embed", {"inputs": question})
    found = post("RETRIEVER_SERVICE", 7000, "/v1/retrieval", {"text": question, "embedding": vector, "k": 4})
    texts = [each["text"] for each in found["retrieved_docs"]]
    if texts:
        order = post("RERANK_SERVER", 80, "/rerank", {"query": question, "texts": texts})
        texts = [texts[each["index"]] for each in order[:2]]
    prompt = "### Search results: {}\n### Question: {}".format("\n".join(texts), question)
    messages = [{"role": "user", "content": prompt}]
    said = post("LLM_SERVER", 80, "/v1/chat/completions", {"model": "a-model", "messages": messages})
    return said["choices"][0]["message"]["content"]


class Megaservice(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200 if self.path == "/v1/health_check" else 405, {})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        try:
            text = answered(asked["messages"])
        except (OSError, HTTPException, ValueError, LookupError) as error:
            self.answer(500, {"detail": repr(error)})
            return
        self.answer(200, {"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]})

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer(("", 8888), Megaservice).serve_forever()
