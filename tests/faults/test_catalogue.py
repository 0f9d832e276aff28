"""The catalogue of faults is sound as a whole."""

import re
from typing import get_args

from harness.discovery import FAULT, discover
from harness.fault import Action, Effect

CATALOGUE = discover(FAULT)
PLAIN_RUN = {
    "noop",
    "latency-300ms",
    "status-500",
    "status-429",
    "refused",
    "reset-mid-body-16b",
    "black-hole",
    "wrong-content-type-html",
    "truncated-json",
    "wrong-dimension",
    "stream-cut-3",
    "slow-first-token-500ms",
}


def test_a_plain_run_has_twelve_faults():
    """The twelve of a plain run are exactly these."""
    assert {name for name, fault in CATALOGUE.items() if fault.default and not fault.action} == PLAIN_RUN


def test_a_run_in_containers_has_seven_more():
    """One for each action, and one more that is done amid a stream."""
    assert {name for name, fault in CATALOGUE.items() if fault.action} == {
        "container-disconnected",
        "container-killed",
        "container-paused",
        "container-restarted",
        "container-stalled",
        "container-starved",
        "gateway-terminated",
    }
    assert {fault.action for fault in CATALOGUE.values()} - {None} == set(get_args(Action))


def test_names_are_file_names():
    """Lower case, digits and dashes: a name can stand in a cell's id and in a path."""
    assert [name for name in CATALOGUE if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


def test_an_exchange_goes_one_way():
    """No fault both swallows and answers, or does either and changes the true reply."""
    for fault in CATALOGUE.values():
        effect = fault.effect
        true_reply = (effect.body, effect.reset_after_bytes, effect.cut_after_bytes, effect.cut_after_events)
        ways = [
            effect.swallow,
            bool(effect.status),
            bool(effect.head) or any(x is not None for x in true_reply),
        ]

        assert sum(ways) <= 1, fault.name


def test_what_does_nothing_says_so():
    """Only the control, a fault that takes the node down, and those of containers have no effect on an exchange."""
    idle = {name for name, fault in CATALOGUE.items() if fault.effect == Effect() and not fault.action}

    assert idle == {"noop", "refused"}


def test_errors_say_what_is_expected():
    """A fault that ends in an error names the statuses; a slow one says by how much; others promise neither."""
    for fault in CATALOGUE.values():
        expected = fault.expected

        assert (expected.outcome == "error") == bool(expected.statuses), fault.name
        assert (expected.outcome == "slower") == bool(expected.slower_ms), fault.name


def test_says_is_a_sentence_without_its_stop():
    """Reports put the words into sentences of their own."""
    assert [fault.name for fault in CATALOGUE.values() if not fault.says or fault.says.endswith(".")] == []
