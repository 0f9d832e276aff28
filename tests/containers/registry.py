"""A registry of images on loopback, with one small image that can be another one each time; engines pull from it as from any."""

import gzip
import hashlib
import io
import json
import shutil
import tarfile
import threading
from contextlib import contextmanager
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.images.stand_ins.own import libraries

PROGRAM = "/usr/bin/sleep"
COMMAND = (PROGRAM, "60")
MANIFEST, CONFIG, LAYER = (
    f"application/vnd.docker.{kind}"
    for kind in (
        "distribution.manifest.v2+json",
        "container.image.v1+json",
        "image.rootfs.diff.tar.gzip",
    )
)


class Registry(ThreadingHTTPServer):
    """Speaks as much of the distribution protocol as a pull asks for; `asked` are the paths, in order."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked = []
        self.found = {"/v2/": (b"{}", "application/json")}

    @property
    def image(self):
        """The image's name; loopback is the one place that engines speak plain HTTP to."""
        return f"127.0.0.1:{self.server_port}/opea/sleeper:1"

    def offer(self, made):
        """Keep an image under that name, in the place of the last one; its label `made` says which it is."""
        config = _json(
            {
                "architecture": "amd64",
                "os": "linux",
                "config": {"Cmd": COMMAND, "Labels": {"made": made}},
                "rootfs": {"type": "layers", "diff_ids": [_digest(self._files)]},
            }
        )
        parts = [self._kept("blobs", part, kind) for part, kind in ((config, CONFIG), (self._layer, LAYER))]
        about = {"schemaVersion": 2, "mediaType": MANIFEST, "config": parts[0], "layers": parts[1:]}
        manifest = _json(about)
        self._kept("manifests", manifest, MANIFEST)
        self.found["/v2/opea/sleeper/manifests/1"] = (manifest, MANIFEST)

    def _kept(self, where, part, kind):
        self.found[f"/v2/opea/sleeper/{where}/{_digest(part)}"] = (part, kind)
        return {"mediaType": kind, "size": len(part), "digest": _digest(part)}

    @cached_property
    def _files(self):
        """One program, and what it is linked with."""
        program = Path(shutil.which("sleep")).resolve()
        with io.BytesIO() as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                for path, source in {PROGRAM: program, **libraries([program])}.items():
                    tar.add(source, path)
            return file.getvalue()

    @cached_property
    def _layer(self):
        return gzip.compress(self._files, compresslevel=1)


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self._answer()

    def do_HEAD(self):
        self._answer()

    def _answer(self):
        self.server.asked.append(self.path)
        body, kind = self.server.found.get(self.path, (b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}', ""))
        self.send_response(200 if kind else 404)
        self.send_header("Content-Type", kind or "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Docker-Content-Digest", _digest(body))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *words):
        """Engines try TLS first, which is no request."""


def _json(about):
    return json.dumps(about).encode()


def _digest(part):
    return f"sha256:{hashlib.sha256(part).hexdigest()}"


@contextmanager
def registry(engine):
    """A registry while the context lasts; what the engine has of it is gone afterwards."""
    with Registry() as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        try:
            yield found
        finally:
            found.shutdown()
            for each in engine.client.images.list(found.image.rpartition(":")[0]):
                engine.client.images.remove(each.id, force=True)
