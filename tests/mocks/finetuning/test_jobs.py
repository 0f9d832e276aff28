"""Files and jobs, and how jobs advance."""

import pytest

from harness.comp import Refusal, World
from harness.opea.proto.finetuning import FineTuningJob, Hyperparameters
from mocks.finetuning._jobs import LOOKS, STEPS_A_LOOK, Work, Workshop, workshop_of


def work(*, saves=True, ends="succeeded"):
    """A job that was just made."""
    job = FineTuningJob(
        id="ft-job-1", created_at=0, hyperparameters=Hyperparameters(), model="m", status="running", training_file="f", result_files=[],
    )  # fmt: skip
    return Work(job, ends, saves)


def test_each_look_leaves_a_checkpoint_where_any_are_wanted():
    """The loss falls; the model itself comes last."""
    done = work()
    for _ in range(LOOKS + 2):
        done.look()
    saved = done.checkpoints()
    losses = [each.metrics.train_loss for each in saved[:-1]]

    assert [each.step_number for each in saved] == [STEPS_A_LOOK, 2 * STEPS_A_LOOK, 3 * STEPS_A_LOOK, None]
    assert losses == sorted(losses, reverse=True)
    assert len({each.id for each in saved}) == len(saved)


def test_without_saving_nothing_is_there_before_the_end():
    """And nothing at all where the job fails."""
    half, failed = work(saves=False), work(saves=False, ends="failed")
    half.look()
    for _ in range(LOOKS):
        failed.look()

    assert (half.checkpoints(), failed.checkpoints(), failed.job.status) == ([], [], "failed")


def test_an_unknown_job_is_refused_with_404():
    """In upstream's words."""
    with pytest.raises(Refusal) as caught:
        Workshop().job("x")

    assert (caught.value.status, caught.value.detail) == (404, "Fine-tuning job 'x' not found!")


def test_ids_differ_and_are_the_same_for_the_same_seed():
    """They are a prefix and a UUID; a world has one workshop."""
    world = World()
    one, other = (workshop_of(world).fresh("file", world) for _ in range(2))

    assert one.startswith("file-")
    assert one != other
    assert Workshop().fresh("file", World()) == one
