"""What a planted fault is: the stack with it, and what is to be told of it."""

from dataclasses import dataclass, field

PG = "retriever-pgvector"
ACCESS = 'INFO:     {}:41234 - "POST {} HTTP/1.1" {}'
HOME = "172.18.0.1"  # Who calls from the machine itself comes from the network's gateway.


@dataclass(frozen=True)
class Planted:
    """One fault: the stack with it, and what must be told first."""

    name: str
    stack: object
    rule: str
    service: str
    words: str
    cause: str = ""
    also: frozenset = field(default_factory=frozenset)


def access(container, address, path, status, times=3):
    return (container, *[ACCESS.format(f"{address}", path, status)] * times)
