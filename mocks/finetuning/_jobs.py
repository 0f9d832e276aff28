"""Files and jobs of fine-tuning: a job advances a step each time that somebody looks at it, so that no test waits for time."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from harness.comp import Refusal, World
from harness.opea.proto.finetuning import FineTuningJob, FineTuningJobCheckpoint, Metrics
from mocks._speech import CREATED_S

LOOKS = 3  # So often a job is looked at before it has ended.
STEPS_A_LOOK = 10


@dataclass(slots=True)
class Work:
    """A job, how often it was looked at, whether it leaves checkpoints on its way, and how it will end."""

    job: FineTuningJob
    ends: Literal["succeeded", "failed"]
    saves: bool
    looks: int = 0

    def look(self) -> FineTuningJob:
        """The job as it is now, which is a step further."""
        if self.job.status == "running":
            self.looks += 1
            if self.looks >= LOOKS:
                self.job.status = self.ends
        return self.job

    def checkpoints(self) -> list[FineTuningJobCheckpoint]:
        """What is saved by now: a checkpoint for each look, where it leaves any, and the model when it has succeeded."""
        steps: list[int | None] = (
            [look * STEPS_A_LOOK for look in range(1, self.looks + 1)] if self.saves else []
        )
        if self.job.status == "succeeded":
            steps.append(None)
        return [self._checkpoint(step) for step in steps]

    def _checkpoint(self, step: int | None) -> FineTuningJobCheckpoint:
        folder = f"output/{self.job.id}"
        return FineTuningJobCheckpoint(
            id=f"ftckpt-{self.job.id.removeprefix('ft-job-')}-{step or 'last'}",
            created_at=CREATED_S,
            fine_tuned_model_checkpoint=folder if step is None else f"{folder}/checkpoint-{step}",
            fine_tuning_job_id=self.job.id,
            metrics=None if step is None else Metrics(step=step, train_loss=round(2.0 / (1 + step / 10), 4)),
            object="fine_tuning.job.checkpoint",
            step_number=step,
        )


@dataclass(slots=True)
class Workshop:
    """The training files by name, and the jobs by id."""

    files: dict[str, bytes] = field(default_factory=dict)
    jobs: dict[str, Work] = field(default_factory=dict)
    _made: int = 0

    def fresh(self, prefix: str, world: World) -> str:
        """A new id: the prefix and a UUID that the seed decides."""
        self._made += 1
        return f"{prefix}-{UUID(int=world.random('finetuning', self._made).getrandbits(128), version=4)}"

    def job(self, name: str) -> Work:
        """The job of that id."""
        if name not in self.jobs:
            raise Refusal(404, f"Fine-tuning job '{name}' not found!")
        return self.jobs[name]


def workshop_of(world: World) -> Workshop:
    """The files and jobs of a world."""
    return world.store("finetuning", Workshop)
