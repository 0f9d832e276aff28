"""What keeps a program from its database or another service."""

from harness.doctor.causes.cause import cause

_HOST = r"(?P<host>[\w.\-]+)"
_PORT = r"(?P<port>\d+)"

CAUSES = (
    cause(
        "wrong-password",
        r"password authentication failed for user \"(?P<user>[^\"]+)\"",
        says="the database refuses the password of user {user}",
        fix="Give the same user and password in the connection string and to the database; a database keeps those of its first "
        "start in its volume",
    ),
    cause(
        "wrong-password",
        r"(?:WRONGPASS|NOAUTH)\b",
        r"invalid username-password pair",
        r"Neo\.ClientError\.Security\.Unauthorized",
        says="the database refuses the user or the password",
        fix="Give the same user and password to the service and to the database",
    ),
    cause(
        "wrong-database",
        r"database \"(?P<name>[^\"]+)\" does not exist",
        says="there is no database {name} on the server",
        fix="Give the name that POSTGRES_DB had at the database's first start, or create it",
    ),
    cause(
        "wrong-user",
        r"role \"(?P<name>[^\"]+)\" does not exist",
        says="there is no user {name} on the server",
        fix="Give the name that POSTGRES_USER had at the database's first start",
    ),
    cause(
        "vector-extension-missing",
        r"extension \"vector\" is not available",
        r"type \"vector\" does not exist",
        r"could not open extension control file .*vector\.control",
        says="the PostgreSQL server has no pgvector extension",
        fix="Use the image pgvector/pgvector, or run `CREATE EXTENSION vector` in that database",
    ),
    cause(
        "vector-length",
        r"expected (?P<one>\d+) dimensions, not (?P<other>\d+)",
        r"different vector dimensions (?P<one>\d+) and (?P<other>\d+)",
        r"[Vv]ector dimension(?:s)? (?:error|mismatch)?.*?expected(?: dim)?:? (?P<one>\d+),? (?:got|but got) (?P<other>\d+)",
        says="the index holds vectors of {one} numbers, and is asked with {other}",
        fix="Use one embedding model for ingesting and asking, and ingest anew into an empty index",
    ),
    cause(
        "host-unknown",
        rf"could not translate host name \"{_HOST}\" to address",
        rf"(?:Cannot connect to host|Error -[235] connecting to) {_HOST}:{_PORT}.*(?:[Nn]ame|nodename|lookup|resolution)",
        rf"host='{_HOST}', port={_PORT}\).*(?:Name or service not known|name resolution|nodename nor servname)",
        rf"lookup {_HOST}(?: on \S+)?: (?:no such host|server misbehaving|Temporary failure)",
        rf"getaddrinfo (?:ENOTFOUND|EAI_AGAIN) {_HOST}",
        rf"Failed to resolve '{_HOST}'",
        rf"[Uu]nknown host:? {_HOST}",
        says="it looks for the host {host}, whose name does not resolve",
        fix="Call the service by its name in the compose file, on a network that both are in, and see that it runs",
    ),
    cause(
        "connection-refused",
        rf"connection to server at \"{_HOST}\"(?: \([^)]*\))?, port {_PORT} failed: Connection refused",
        rf"Cannot connect to host {_HOST}:{_PORT}",
        rf"Error 111 connecting to {_HOST}:{_PORT}",
        rf"host='{_HOST}', port={_PORT}\).*(?:Connection refused|Errno 111|Max retries)",
        rf"Fail(?:ed)? connecting to server on {_HOST}:{_PORT}",
        rf"Couldn't connect to {_HOST}:{_PORT}",
        rf"dial tcp {_HOST}:{_PORT}: connect: connection refused",
        rf"ECONNREFUSED {_HOST}:{_PORT}",
        rf"{_HOST}:{_PORT}: \[Errno 111\] Connection refused",
        rf"Connection error.*http://{_HOST}:{_PORT}",
        says="{host}:{port} cannot be connected to",
        fix="See that the service at {host} runs and listens on {port} in its container, and wait for it with `service_healthy`",
    ),
    cause(
        "connection-refused",
        r"All connection attempts failed",
        r"\[Errno 111\] Connection refused",
        r"Connection refused \(os error 111\)",
        says="a service that it calls refuses the connection",
        fix="See that the services that it calls run and listen on the ports that it calls",
        weight=1,
    ),
    cause(
        "host-unknown",
        r"Name or service not known",
        r"Temporary failure in name resolution",
        r"failed to lookup address information",
        says="the name of a host that it calls does not resolve",
        fix="Call services by their names in the compose file, on a network that both are in",
        weight=1,
    ),
    cause(
        "data-of-another-version",
        r"database files are incompatible with server",
        r"data directory was initialized by PostgreSQL version (?P<old>\d+)",
        says="its volume holds the data of another version of the database",
        fix="Use the version that wrote the volume, or dump and restore into an empty one",
    ),
    cause(
        "volume-not-empty",
        r"directory \"(?P<path>[^\"]+)\" exists but is not empty",
        says="its volume {path} holds something that is no database",
        fix="Give the database a volume of its own",
    ),
)
