"""What the caller of a megaservice should see, for the cases of defects."""

from collections.abc import Callable, Collection

from harness.defects.defect import Expectation
from harness.defects.witness import Witness

PENDING = "megaservice_request_pending"


def names(node: str, *kinds: str, statuses: Collection[int] = (502,), uncalled: str = "") -> Expectation:
    """An error that names the node and the kind, by status; `uncalled` is a node that must not be asked after it."""

    def met(witness: Witness) -> bool:
        return not witness.called(uncalled) and all(
            answer.status in statuses
            and answer.problem.get("node") == node
            and answer.problem.get("kind") in kinds
            for answer in witness.answers
        )

    def saw(witness: Witness) -> str:
        after = f", and {uncalled} was called after it" if witness.called(uncalled) else ""
        return f"{witness.told}{after}"

    codes = " or ".join(map(str, statuses))
    return Expectation(f"{codes}, an error of node {node} ({' or '.join(kinds)})", met, saw)


def tells(text: str) -> Expectation:
    """A whole stream with this text."""

    def met(witness: Witness) -> bool:
        return all(
            (answer.status, answer.stream.text, answer.stream.outcome, answer.error)
            == (200, text, "whole", "")
            for answer in witness.answers
        )

    return Expectation(f"200, {text!r}", met)


def gives(should: str, right: Callable[[object], bool]) -> Expectation:
    """Status 200 and JSON that is right."""

    def met(witness: Witness) -> bool:
        return all(answer.status == 200 and right(answer.json) for answer in witness.answers)

    return Expectation(f"200, {should}", met)


def gauge_falls_back() -> Expectation:
    """The gauge of requests under way is where it was before, whichever way the request ended."""

    def met(witness: Witness) -> bool:
        return witness.gained(PENDING) == 0

    def saw(witness: Witness) -> str:
        return f"{witness.told}; the pending gauge rose by {witness.gained(PENDING):g}"

    return Expectation("the pending gauge where it was before", met, saw)
