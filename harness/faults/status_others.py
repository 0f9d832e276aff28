"""The node answers with one of the other statuses that say no."""

from harness.faults._statuses import status

FAULTS = (
    *(status(code) for code in (400, 401, 404, 409, 413, 422, 502, 504)),
    status(503, {"retry-after": "1"}),
)
