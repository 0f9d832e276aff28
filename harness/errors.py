"""The errors that a user can meet.

* HarnessError
  + UsageError          a wrong name or option; exit code 2
  + ScenarioError       a scenario file or a megaservice's graph that makes no sense; exit code 2
  + ContractError       a comp file that makes no sense; exit code 2
  + FaultError          a fault that cannot be set or taken back; exit code 3
  + StackError          something did not start, or is not there; exit code 4
  + TraceError          traces that cannot be read; exit code 4

Broken contracts and failed checks are values (`harness.verdict.Verdict`), not errors.
"""

from harness.redact import redact

EXIT_USAGE = 2
EXIT_INTERNAL = 3
EXIT_ENVIRONMENT = 4


class HarnessError(Exception):
    """Something the user should read: one sentence, what, where, and what would be right."""

    exit_code = EXIT_INTERNAL

    @property
    def in_one_line(self) -> str:
        """The message, of whose last words of a log only the last line is kept, without secrets."""
        first, *rest = str(self).splitlines() or [""]
        return redact(" ".join((first, *(line.strip() for line in rest[-1:]))))


class UsageError(HarnessError):
    """A name, an option or a value on the command line is wrong."""

    exit_code = EXIT_USAGE


class ScenarioError(HarnessError):
    """A scenario file or a megaservice's graph makes no sense."""

    exit_code = EXIT_USAGE


class ContractError(HarnessError):
    """A comp file makes no sense: no COMPS, a duplicate route, an example that breaks its own law."""

    exit_code = EXIT_USAGE


class FaultError(HarnessError):
    """A fault could not be set, did not read back, or could not be taken away."""

    exit_code = EXIT_INTERNAL


class StackError(HarnessError):
    """A part of the stack did not start, died, or is not where it was said to be."""

    exit_code = EXIT_ENVIRONMENT


class TraceError(HarnessError):
    """Traces could not be read, or what was read is not traces."""

    exit_code = EXIT_ENVIRONMENT
