"""Before anything is asked of somebody else's gateway: is there one at that address?"""

from harness.client import Client, ClientError, Limits
from harness.errors import StackError

LIMITS = Limits(connect_s=3.0, first_byte_s=10.0, idle_s=10.0, total_s=10.0)


async def preflight(client: Client, endpoint: str) -> None:
    """Ask the route with GET, which changes nothing; raises StackError where nobody answers, or a web page does.

    Any other answer will do: OPEA's own says 405 here.
    """
    try:
        reply = await client.request("GET", endpoint, limits=LIMITS)
    except ClientError as error:
        raise StackError(
            f"--gateway {endpoint}: cannot be asked ({error.kind}); a megaservice that runs answers there"
        ) from error
    kind = reply.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml"):
        raise StackError(
            f"--gateway {endpoint}: answers {reply.status} with {kind}, which is a web page; "
            "a gateway's address is that of a megaservice's API, such as http://127.0.0.1:8888"
        )
