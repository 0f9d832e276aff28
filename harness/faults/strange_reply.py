"""An answer of another sort: a success without content, an error called success, a page, a redirect."""

from harness.fault import Effect, Expected, Fault
from harness.faults._fit import only_streams

_JSON = {"content-type": "application/json"}
_NOTHING = Expected("error", (502,), ("bad_json", "bad_schema", "bad_content_type", "incomplete"))

FAULTS = (
    Fault(
        "empty-body",
        "the node answers 200 and an empty body",
        Effect(status=200, reply_headers=_JSON),
        _NOTHING,
    ),
    Fault("status-204", "the node answers 204, which has no body", Effect(status=204), _NOTHING),
    Fault(
        "error-in-200",
        "the node answers 200 with an error for a body",
        Effect(
            status=200,
            reply_headers=_JSON,
            reply_body=b'{"error":{"message":"the model is gone, by a fault of the harness","type":"server_error"}}',
        ),
        Expected("error", (502,), ("bad_schema", "bad_content_type", "upstream_5xx")),
    ),
    Fault(
        "html-page",
        "a proxy's page with status 200 where the reply belongs",
        Effect(
            status=200,
            reply_headers={"content-type": "text/html; charset=utf-8"},
            reply_body=b"<!doctype html><title>Welcome</title><h1>It works!</h1>\n",
        ),
        Expected("error", (502,), ("bad_content_type",)),
    ),
    Fault(
        "json-for-stream",
        "a stream was asked for, and the node answers JSON in one piece",
        Effect(
            status=200,
            reply_headers=_JSON,
            reply_body=b'{"id":"x","object":"chat.completion","choices":[]}',
        ),
        Expected("error", (502,), ("bad_content_type",)),
        only_streams,
    ),
    Fault(
        "redirect-307",
        "the node answers 307, to an address where nobody is",
        Effect(status=307, reply_headers={"location": "http://127.0.0.1:9/elsewhere"}),
        Expected("error", (502,)),
    ),
)
