"""Where a Jaeger that runs already takes spans over OTLP/HTTP, found out from the address that it is asked at."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from harness.client import Client, ClientError, Limits
from harness.errors import StackError

OTLP_PORT = 4318  # OpenTelemetry's, which Jaeger keeps to.
LIMITS = Limits(connect_s=2.0, first_byte_s=5.0, idle_s=5.0, total_s=5.0)
NO_SPANS = b'{"resourceSpans":[]}'


async def intake(client: Client, query: str) -> str:
    """Its OTLP address; raises StackError where none takes spans: at the address itself, or its host's port 4318."""
    seen = []
    for url in _candidates(query):
        try:
            reply = await client.request(
                "POST", url, headers=(("content-type", "application/json"),), body=NO_SPANS, limits=LIMITS
            )
        except ClientError as error:
            seen.append(f"{url} cannot be asked ({error.kind})")
            continue
        # Jaeger's query service answers whatever it does not know with the page of its UI, and 200.
        if reply.status == 200 and reply.headers.get("content-type", "").startswith("application/json"):
            return url
        seen.append(f"{url} answers {reply.status}")
    raise StackError(
        f"--jaeger {query}: takes no spans: {'; '.join(seen)}; a Jaeger with OTLP over HTTP does, or a collector before it"
    )


def _candidates(query: str) -> Sequence[str]:
    parts = urlsplit(query)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return (f"{query.rstrip('/')}/v1/traces", f"{parts.scheme}://{host}:{OTLP_PORT}/v1/traces")
