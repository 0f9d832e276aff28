"""Fill a stack's store: every document of the scenario goes through dataprep, as a user's would."""

from mimetypes import guess_type

from harness.client import ClientError, Limits
from harness.errors import StackError
from harness.scenario import Document
from harness.stack.stack import Stack

LIMITS = Limits(connect_s=2.0, first_byte_s=30.0, idle_s=30.0, total_s=60.0)
BOUNDARY = "opea-harness-document"


async def ingest(stack: Stack) -> int:
    """Post every document to the dataprep hop; gives how many. Raises StackError when one is refused.

    A stack without such a hop (somebody else's gateway) keeps what it holds: 0.
    """
    support = {node.name for node in stack.scenario.megaservice.support}
    hops = [hop for name, hop in stack.hops.items() if name in support]
    if not (hops and stack.scenario.documents):
        return 0
    hop = hops[0]
    for document in stack.scenario.documents:
        try:
            reply = await stack.client.request(
                "POST",
                hop.upstream + hop.node.path,
                headers=(("content-type", f"multipart/form-data; boundary={BOUNDARY}"),),
                body=_multipart(document),
                limits=LIMITS,
            )
        except ClientError as error:
            raise StackError(f"{hop.node.name}: {document.id} could not be ingested: {error}") from error
        if reply.status != 200:
            raise StackError(
                f"{hop.node.name}: {document.id} was refused with {reply.status}: {reply.body[:200]!r}"
            )
    return len(stack.scenario.documents)


def _multipart(document: Document) -> bytes:
    """The document as uploaded files in the field `files`: its media, if it has some, and its text, if it has one."""
    files = [
        (name, guess_type(name)[0] or "application/octet-stream", held)
        for name, held in document.media.items()
    ]
    if document.text:
        files.append((document.id, "text/plain; charset=utf-8", document.text.encode()))
    parts = [
        f"--{BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="files"; filename="{name}"\r\n'
        f"Content-Type: {kind}\r\n\r\n".encode()
        + held
        + b"\r\n"
        for name, kind, held in files
    ]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
