"""What was not given to a program, or given wrongly."""

from harness.doctor.causes.cause import cause

_NAME = r"(?P<name>[A-Z][A-Z0-9_]{2,})"

CAUSES = (
    cause(
        "missing-variable",
        rf"KeyError: ['\"]{_NAME}['\"]",
        rf"(?i:environment variable|env var|variable)s?:? [`'\"]?{_NAME}[`'\"]? (?i:is |was |are |must be )?(?i:not set|not defined|not provided|missing|required|unset|set|empty)",
        rf"\b{_NAME}[`'\"]? (?i:environment variable )?(?i:is not set|is not defined|is required|must be set|is missing|not found in environment|cannot be empty|is unset)",
        rf"(?i:missing|requires?|please set|must set|set the) (?i:required )?(?i:the )?(?i:environment variable|env var|variable)s?:? [`'\"]?{_NAME}",
        rf"(?i:did not find|please (?:set|provide|specify)|you must (?:set|specify)) [`'\"]?{_NAME}\b",
        rf"(?:^|\s){_NAME}: (?i:unbound variable|parameter not set)",
        says="the variable {name} is not given",
        fix="Give {name} to the service in `environment`, and start it anew",
    ),
    cause(
        "missing-variable",
        r"Database is uninitialized and superuser password is not specified",
        says="the variable POSTGRES_PASSWORD is not given",
        fix="Give POSTGRES_PASSWORD to the service in `environment`, and start it anew",
    ),
    cause(
        "missing-variable",
        r"Expected string or URL object, got None",
        says="its database's connection string is not given",
        fix="Give the connection string (PG_CONNECTION_STRING for pgvector) to the service in `environment`",
    ),
    cause(
        "wrong-connection-string",
        r"Could not parse (?:SQLAlchemy|rfc1738) URL from (?:given URL )?string",
        r"invalid dsn: (?P<why>.*)",
        r"Redis URL must specify one of the following schemes",
        r"Can't load plugin: sqlalchemy\.dialects:(?P<what>\S+)",
        says="its connection string is no address of a database",
        fix="Write it whole, `postgresql+psycopg2://USER:PASSWORD@HOST:5432/DATABASE` or `redis://HOST:6379`, "
        "special characters of the password percent-encoded",
    ),
    cause(
        "unknown-component",
        r"No component found with the name '(?P<name>[^']+)'",
        says="there is no component {name} in this image",
        fix="Set the *_COMPONENT_NAME variable to a component that the image registers, such as OPEA_RETRIEVER_PGVECTOR",
    ),
    cause(
        "wrong-argument",
        r"error: (?:the following arguments are required|unrecognized arguments|unexpected argument): ?(?P<what>.*)",
        r"error: unexpected argument (?P<what>'\S+' found)",
        r"error: the following required arguments were not provided(?P<what>)",
        says="its command line is refused: {what}",
        fix="Correct `command` in the compose file; `docker run --rm IMAGE --help` lists what it takes",
    ),
    cause(
        "bad-value",
        r"invalid literal for int\(\) with base 10: (?P<value>'[^']*')",
        r"could not convert string to float: (?P<value>'[^']*')",
        says="a variable that is to be a number is {value}",
        fix="Give a number; a variable that compose cannot resolve is passed as an empty text",
    ),
)
