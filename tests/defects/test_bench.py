"""The bench: an engine in a process of its own, and verdicts on it."""

import asyncio
from dataclasses import replace

from harness.defects.bench import bench
from harness.defects.defect import Defect
from harness.defects.expectations import names
from harness.defects.requesting import FIGURES, NO_KEY


def test_what_should_be_seen_and_is_not_is_violated(ours):
    """The verdict says what the defect is, what should have come and what came."""
    (case,) = NO_KEY.cases
    wrong = Defect(9, "nobody fails", (replace(case, expects=names("a", "refused")),))
    (verdict,) = ours.verdicts(wrong)

    assert (verdict.id, verdict.subject, verdict.verdict) == ("defect.09.bearer-none", "a.json", "violated")
    assert verdict.told == (
        'nobody fails\nexpected: 502, an error of node a (refused)\nactual: 200, {"a":{"text":"hello!"}}'
    )


def test_an_engine_that_is_gone_leaves_it_unknown(tmp_path):
    """Its process is ended between two cases; nothing of it is left running."""

    async def main():
        async with bench("reference", None, tmp_path / "log") as made:
            await made.child.stop()
            told = await made.verdicts([NO_KEY, FIGURES])
            return [(each.verdict, each.why) for each in told], made.child.exit_code

    told, code = asyncio.run(main())

    assert [word for word, _ in told] == ["unknown"] * 3
    assert told[0][1] == "the reference engine's process has ended"
    assert code is not None
