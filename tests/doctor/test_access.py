"""Requests in uvicorn's log."""

from harness.doctor.access import last_posts, requests

LINE = 'INFO:     172.18.0.7:49152 - "{} /v1/retrieval?x=1 HTTP/1.1" {}'


def test_a_request_is_read_from_its_line():
    """Who asked, for what, and what was answered."""
    (found,) = requests(("Uvicorn running on http://0.0.0.0:7000", LINE.format("POST", "404 Not Found")))

    assert (found.at, found.address, found.method, found.path, found.status) == (
        1,
        "172.18.0.7",
        "POST",
        "/v1/retrieval",
        404,
    )


def test_only_what_went_wrong_since_it_last_went_right_is_kept():
    """And only POSTs, since browsers ask for anything."""
    bad, good, page = LINE.format("POST", "500 x"), LINE.format("POST", "200 OK"), LINE.format("GET", "404 x")

    assert last_posts((bad, good)) == {}
    assert last_posts((page,)) == {}
    assert [each.at for each in last_posts((bad, good, bad, bad))["172.18.0.7", "/v1/retrieval"]] == [2, 3]
