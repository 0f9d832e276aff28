"""What a job may be told, and what it may not."""

import pytest
from pydantic import ValidationError

from mocks.finetuning._params import FineTuningParams

JOB = {"model": "m", "training_file": "f"}


def test_a_job_needs_a_model_and_a_file_and_no_more():
    """All else has upstream's defaults."""
    params = FineTuningParams(**JOB)

    assert (params.General.task, params.Dataset.padding, params.Training.batch_size) == (
        "instruction_tuning",
        True,
        2,
    )


def test_a_device_may_be_written_in_capitals():
    """It is kept in lower case."""

    assert FineTuningParams(**JOB, Training={"device": "HPU"}).Training.device == "hpu"


@pytest.mark.parametrize(
    "bad",
    [
        {"General": {"report_to": "wandb"}},
        {"General": {"task": "guessing"}},
        {"General": {"xtune_config": {"tool": "x"}}},
        {"Training": {"device": "tpu"}},
        {"Training": {"accelerate_mode": "x"}},
        {"Training": {"mixed_precision": "fp8"}},
        {"Training": {"hpu_execution_mode": "x"}},
        {"Training": {"logging_steps": 0}},
        {"General": {"base_model": None}},
    ],
)
def test_words_that_upstream_does_not_know_are_refused(bad):
    """As are explicit nulls where it types none."""
    with pytest.raises(ValidationError):
        FineTuningParams(**JOB, **bad)
