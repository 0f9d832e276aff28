"""Lines that speak of databases and other services."""

import pytest

from tests.doctor.causes.lines import said


@pytest.mark.parametrize(
    ("line", "id_", "words"),
    [
        (
            "redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused.",
            "connection-refused",
            "redis:6379",
        ),
        (
            "redis.exceptions.ConnectionError: Error -2 connecting to redis:6379. Name or service not known.",
            "host-unknown",
            "the host redis,",
        ),
        (
            "pymilvus.exceptions.MilvusException: (code=2, message=Fail connecting to server on milvus:19530)",
            "connection-refused",
            "milvus:19530",
        ),
        (
            "neo4j.exceptions.ServiceUnavailable: Couldn't connect to neo4j:7687 (resolved to ())",
            "connection-refused",
            "neo4j:7687",
        ),
        (
            "ClientConnectorError: Cannot connect to host tei:80 ssl:default [Name or service not known]",
            "host-unknown",
            "the host tei,",
        ),
        (
            "HTTPConnectionPool(host='tei', port=80): Max retries exceeded with url: / (Failed to resolve 'tei')",
            "host-unknown",
            "the host tei,",
        ),
        (
            "HTTPConnectionPool(host='tei', port=80): Max retries exceeded: Connection refused",
            "connection-refused",
            "tei:80",
        ),
        ("dial tcp 10.0.0.2:4317: connect: connection refused", "connection-refused", "10.0.0.2:4317"),
        ("lookup jaeger on 127.0.0.11:53: no such host", "host-unknown", "the host jaeger,"),
        ("pymongo: mongo:27017: [Errno 111] Connection refused", "connection-refused", "mongo:27017"),
        (
            "httpx.ConnectError: All connection attempts failed",
            "connection-refused",
            "a service that it calls",
        ),
        ("socket.gaierror: [Errno -2] Name or service not known", "host-unknown", "the name of a host"),
        (
            "WRONGPASS invalid username-password pair or user is disabled.",
            "wrong-password",
            "the user or the password",
        ),
        ('FATAL:  role "opea" does not exist', "wrong-user", "there is no user opea"),
        ('ERROR:  extension "vector" is not available', "vector-extension-missing", "no pgvector extension"),
        (
            "ERROR: different vector dimensions 768 and 512",
            "vector-length",
            "vectors of 768 numbers, and is asked with 512",
        ),
        (
            'initdb: error: directory "/var/lib/postgresql/data" exists but is not empty',
            "volume-not-empty",
            "/var/lib/postgresql/data",
        ),
    ],
)
def test_a_database_s_trouble_is_named(line, id_, words):
    """With the host, the user or the numbers that the line holds."""
    found = said(line)

    assert found[0] == id_
    assert words in found[1]


@pytest.mark.parametrize(
    "line", ["database system is ready to accept connections", "Connected to db:5432", "PONG"]
)
def test_a_database_that_is_well_says_nothing(line):
    """No word of these is a cause."""
    assert said(line) is None
