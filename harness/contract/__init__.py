"""The verifier: does what answers at an address keep a comp's contract? Every check has a stable id and gives a verdict.

checks(comp)                    what there is to check, without asking anything
await verify(comp, url, client) all verdicts, one for each check
"""

from harness.contract.check import Check
from harness.contract.talk import Answer, Talk
from harness.contract.verifier import checks, verify

__all__ = ["Answer", "Check", "Talk", "checks", "verify"]
