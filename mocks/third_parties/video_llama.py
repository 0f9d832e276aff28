"""Video-LLaMA: a question about a piece of a video, to plain text as it comes."""

from dataclasses import replace
from re import fullmatch

import orjson
from pydantic import BaseModel

from harness.comp import Binary, Comp, Endpoint, Example, Law, Stream, Variant, World
from harness.sse import Reply
from mocks._speech import streamed
from mocks._vision import watched
from mocks.third_parties._server import health

SOURCE = "comps/third_parties/video-llama/src/server.py"
FILES = ("silence_girl.mp4",)  # What lies in the image's data folder; the setting VIDEO_FILES names more.
END = "</s>"


class Piece(BaseModel):
    """A question about a piece of a video; seconds. All of it stands in the query."""

    video_url: str
    start: float
    duration: float
    prompt: str
    max_new_tokens: int = 150


def generate(request: Piece, world: World) -> Stream | Binary:
    """The answer as plain text; a remote video is not fetched, a local one must be in the data folder."""
    refused = _refused(request.video_url, world)
    if refused is not None:
        return refused
    limit = max(0, request.max_new_tokens)
    speech = watched(request.prompt, request.video_url, request.start, request.duration, limit)
    return replace(streamed("raw_text", speech, Reply()), tail=(END.encode(),), content_type="")


def _refused(url: str, world: World) -> Binary | None:
    """The refusal of a video that the server would not take, in its own words and statuses."""
    if not url.lower().endswith(".mp4"):
        return _error(500, "Invalid file type. Only mp4 videos are allowed.")
    if url.startswith(("http://", "https://")):
        is_plain = "../" not in url and url.partition("://")[2].partition("/")[2].count(".") == 1
        return None if is_plain else _error(500, "Invalid URL.")
    if not fullmatch(r"[a-zA-Z0-9_-]+\.mp4", url):
        return _error(500, "Invalid file name.")
    there = (*FILES, *world.settings.get("VIDEO_FILES", "").split())
    missing = "File not found. Only local files under data folder are allowed."
    return None if url in there else _error(404, missing)


def _error(status: int, message: str) -> Binary:
    return Binary(orjson.dumps({"message": message}), "application/json", status)


ASKED = {"video_url": FILES[0], "start": 0.0, "duration": 9, "prompt": "What is the person doing?"}
ENDED = Law(
    "ended",
    f"the text ends with {END}",
    lambda _request, reply: (
        None if reply["text"].endswith(END) else f"the text ends with {reply['text'][-8:]!r}"
    ),
)

COMP = Comp(
    id="third_parties.video_llama",
    title="video-llama",
    port=9009,
    service_type="LVM",
    image="opea/lvm-video-llama:latest",
    framework=False,
    statistics=False,
    ready="/health",
    endpoints=(
        Endpoint(
            "/generate",
            generate,
            variants=(
                Variant(
                    "piece",
                    Piece,
                    None,
                    examples=(
                        Example("local", ASKED, stream=True),
                        Example("remote", {**ASKED, "video_url": "https://example/a.mp4"}, stream=True),
                        Example("no-mp4", {**ASKED, "video_url": "a.avi"}, status=500),
                        Example("bad-name", {**ASKED, "video_url": "../a.mp4"}, status=500),
                        Example("bad-url", {**ASKED, "video_url": "https://example/../a.mp4"}, status=500),
                        Example("unknown", {**ASKED, "video_url": "nobody.mp4"}, status=404),
                        Example("nothing", {}, status=422),
                    ),
                    laws=(ENDED,),
                    dialect="raw_text",
                    streams={},
                ),
            ),
            evidence="executed",
            source=SOURCE,
            body="query",
            notes=(
                "a POST whose parameters stand in the query",
                "the stream has no content type, no framing and no end mark but the model's own </s>",
                "what is wrong with a video is told with 500, as the server itself does",
            ),
        ),
        health(SOURCE),
    ),
)
