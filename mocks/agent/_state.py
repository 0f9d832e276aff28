"""What an agent's mock remembers: its assistants, its threads with their messages, and what chats told it."""

from dataclasses import dataclass, field
from uuid import UUID

from harness.comp import Refusal, World


@dataclass(slots=True)
class Thread:
    """A thread: every message it got, and those that no run has answered yet."""

    said: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Keep a message for the next run."""
        self.said.append(text)
        self.waiting.append(text)


@dataclass(slots=True)
class Agents:
    """The assistants (id to strategy), threads by id, and chats by the `thread_id` that they name themselves."""

    assistants: dict[str, str] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    chats: dict[str, list[str]] = field(default_factory=dict)
    _made: int = 0

    def fresh(self, prefix: str, world: World) -> str:
        """A new id: the prefix and a UUID that the seed decides."""
        self._made += 1
        return f"{prefix}_{UUID(int=world.random('agent', self._made).getrandbits(128), version=4)}"

    def thread(self, name: str) -> Thread:
        """The thread of that id."""
        if name not in self.threads:
            raise Refusal(404, f"thread_id: no thread is called {name!r}")
        return self.threads[name]

    def assistant(self, name: str) -> str:
        """The strategy of the assistant of that id."""
        if name not in self.assistants:
            raise Refusal(404, f"assistant_id: no assistant is called {name!r}")
        return self.assistants[name]


def agents_of(world: World, comp: str) -> Agents:
    """What a comp of a world remembers."""
    return world.store(f"{comp}.agents", Agents)
