"""Makes a scenario file a locust file: `locust -f scenarios/rag.py`, with the web page or with `--headless`.

Locust gives its command line, its page, its workers and its reports; the requests are sent by our engine, because locust's
users neither keep a rate nor time a stream. Locust patches the standard library of its process for gevent, so nothing of
ours runs there: the stack (`opea-harness serve`) and the engine are processes of their own (`harness.load.apart`), which end
with it. This is the only file that imports locust and gevent, and only in a process of locust's.

A row of `POST <route>` is one request, timed from when it should have been sent; the rows `TTFT` and `ITL` count first tokens
and gaps, and are in no total. The exit code is that of `opea-harness`: 0 all hold, 1 violated, 2 usage, 4 environment, 5 nothing
ran, 6 unknown, 130 interrupted.
"""

import argparse
import logging
import math
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

from harness.errors import HarnessError, UsageError
from harness.load.apart import LoadApart
from harness.load.order import Order
from harness.load.rows import Row
from harness.scenario import Scenario
from harness.verdict import EXIT_INTERRUPTED, EXIT_NOTHING_RAN, exit_code

BUNDLED = Path(__file__).resolve().parents[2] / "scenarios"
OWN_STACK = "a stack of its own"  # What locust's page shows as host until another is given.
DONE = "opea_harness_done"

log = logging.getLogger("opea-harness")


def user_class(scenarios: Sequence[Scenario]) -> type:
    """The one user of a locust file that asks these scenarios, of which `--scenario` picks one."""
    import locust

    front = _Front(tuple(scenarios))
    hooks: Any = locust.events  # Untyped upstream.
    hooks.init_command_line_parser.add_listener(front.add_options)
    hooks.init.add_listener(front.begin)
    hooks.test_start.add_listener(front.started)
    hooks.test_stopping.add_listener(front.stop)
    hooks.quitting.add_listener(front.quit)

    class LocustUser(locust.User):
        """Sends one load; there is never more than one of it, for the rate is not made of users."""

        host = OWN_STACK
        fixed_count = 1

        @locust.task
        def send(self) -> None:
            """Carry out the load, and end the test."""
            front.send(self.environment)

    return LocustUser


class _RequestFailedError(Exception):
    """A request that failed, named by its class of failure."""

    def __repr__(self) -> str:
        return str(self)


class _Front:
    """What stands between locust's events and the one load that may be under way."""

    def __init__(self, scenarios: tuple[Scenario, ...]) -> None:
        self._scenarios = {each.name: each for each in scenarios}
        self._run: LoadApart | None = None
        self._code: int | None = None
        self._started = False

    def add_options(self, parser: Any) -> None:
        """Our options, on the command line and on locust's page."""
        first = next(iter(self._scenarios.values()))
        add = parser.add_argument
        add(
            "--scenario",
            choices=list(self._scenarios),
            default=first.name,
            help="Which scenario of the file.",
        )
        add(
            "--rate",
            type=_above_0,
            default=first.rate_per_s,
            help="Requests per second, with Poisson arrivals; users do not matter.",
        )
        add(
            "--duration",
            type=_above_0,
            default=first.duration_s,
            help="Seconds; --run-time is taken where only that is given.",
        )
        add("--seed", type=int, default=0, help="The same seed sends the same questions at the same times.")
        add(
            "--answers",
            choices=("stream", "json"),
            default="stream",
            help="Ask for streams or for whole answers.",
        )
        add(
            "--header",
            action="append",
            default=[],
            type=_header,
            include_in_web_ui=False,
            help="NAME:VALUE to send too; may be given again.",
        )
        add(
            "--yes-this-is-mine",
            action="store_true",
            help="Needed with --host, to load a gateway that locust did not start.",
        )

    def begin(self, environment: Any, **_: Any) -> None:
        """Locust is set up: let our duration end the run, and let a worker say when it has."""
        options = environment.parsed_options
        if options.run_time:
            options.duration, options.run_time = float(options.run_time), None
        if _role(environment) == "master":
            environment.runner.register_message(DONE, self._done_elsewhere)

    def started(self, **_: Any) -> None:
        """A test began, here or on a worker."""
        self._started = True
        self._code = None

    def send(self, environment: Any) -> None:
        """Carry out one load from its beginning to its end, and then end locust's test."""
        import gevent

        try:
            order = self._order(environment)
            route = self._scenarios[order.scenario].megaservice.path
            self._run = LoadApart(order, partial(_show, environment, route))
            verdicts = self._run.carry_out()
            self._code = exit_code(verdicts)
            for each in verdicts:
                log.info(
                    "%s: %s%s",
                    each.id,
                    each.verdict,
                    f" ({each.why or each.actual})" if each.why or each.actual else "",
                )
        except HarnessError as error:
            log.error("%s", error)  # noqa: TRY400 - The sentence says it; a traceback would bury it.
            self._code = error.exit_code
        finally:
            self._run = None
        if _role(environment) == "worker":
            environment.runner.send_message(DONE, {"code": self._code})
        else:
            gevent.spawn(self._end, environment)
        gevent.sleep(3600)  # Until locust ends this user.

    def stop(self, **_: Any) -> None:
        """Locust stops its test: end the load in order, so that what was measured is kept."""
        if self._run is not None:
            self._run.stop()

    def quit(self, environment: Any, **_: Any) -> None:
        """Locust ends: so does the load, and the exit code says what came of it."""
        interrupted = self._started and (self._run is not None or self._code is None)
        self.stop()
        if _role(environment) == "worker":
            environment.process_exit_code = self._code or 0
        elif interrupted:
            environment.process_exit_code = EXIT_INTERRUPTED
        else:
            environment.process_exit_code = EXIT_NOTHING_RAN if self._code is None else self._code

    def _done_elsewhere(self, environment: Any, msg: Any, **_: Any) -> None:
        import gevent

        self._code = msg.data["code"]
        gevent.spawn(self._end, environment)

    def _end(self, environment: Any) -> None:
        if environment.parsed_options.headless:
            environment.runner.quit()
        else:
            environment.runner.stop()

    def _order(self, environment: Any) -> Order:
        options = environment.parsed_options
        host = environment.host if environment.host not in (None, "", OWN_STACK) else ""
        if host and not options.yes_this_is_mine:
            raise UsageError(
                f"--host {host}: is not to be loaded unless it is yours; --yes-this-is-mine says so"
            )
        folder = Path(options.locustfile).resolve().parent
        return Order(
            scenario=options.scenario,
            url=host,
            rate_per_s=options.rate,
            duration_s=options.duration,
            seed=options.seed,
            mode=options.answers,
            folders=() if folder == BUNDLED else (str(folder),),
            headers=tuple(options.header),
        )


def _show(environment: Any, name: str, row: Row) -> None:
    """Tell locust of one request; first tokens and gaps have rows of their own, and are in no total."""
    environment.events.request.fire(
        request_type="POST",
        name=name,
        response_time=row.response_ms,
        response_length=row.text_bytes,
        exception=_RequestFailedError(row.error) if row.error else None,
        context={},
        start_time=time.time() - row.response_ms / 1e3,
        url=name,
    )
    stats = environment.stats
    if row.ttft_ms is not None:
        stats.get(name, "TTFT").log(row.ttft_ms, 0)
    for gap_ms in row.itl_ms:
        stats.get(name, "ITL").log(gap_ms, 0)


def _role(environment: Any) -> Literal["worker", "master", "local"]:
    from locust.runners import MasterRunner, WorkerRunner

    if isinstance(environment.runner, WorkerRunner):
        return "worker"
    return "master" if isinstance(environment.runner, MasterRunner) else "local"


def _above_0(text: str) -> float:
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text}: is not above 0")
    return value


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not (name.strip() and colon):
        raise argparse.ArgumentTypeError(f"{text}: is no NAME:VALUE")
    return name.strip(), value.strip()
