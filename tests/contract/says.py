"""A server that is only its answers, for what is judged by them and not by how they come."""

from harness.flight import ClientError
from tests.mocking.greeter import GREETER


class Says:
    """A talk whose server gives these answers one after the other, the last of them again and again; `asked` is what was put."""

    def __init__(self, *answers, is_well=True, comp=GREETER, drawn_max=20):
        self.answers, self.well, self.comp, self.drawn_max = list(answers), is_well, comp, drawn_max
        self.asked, self.last, self.seed, self.others, self.url = [], [None], 0, {}, "http://127.0.0.1:9"

    async def send(self, *request):
        """The next answer; an error is raised."""
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, ClientError):
            raise answer
        return answer

    put = send

    async def prepared(self, example):
        """As it is."""
        return example

    async def is_well(self):
        """As was said."""
        return self.well
